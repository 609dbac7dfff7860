import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobRegistry } from '../../../platform/jobs/job-registry.js';
import { sweep } from '../../../platform/jobs/sweep.js';
import { WaitingLinesRepository } from './waiting-lines.repository.js';

const QUARTER_MS = 900_000;

/** Deletes the rows that imports have left behind which were cancelled or given up. */
@Injectable()
export class WaitingLinesJob implements OnModuleInit {
  constructor(
    private readonly registry: JobRegistry,
    private readonly waiting: WaitingLinesRepository,
  ) {}

  onModuleInit(): void {
    const run = async (signal: AbortSignal): Promise<void> => {
      await sweep(signal, () => this.waiting.sweep());
    };
    this.registry.register({ name: 'sales-history.sweep', everyMs: QUARTER_MS, run });
  }
}
