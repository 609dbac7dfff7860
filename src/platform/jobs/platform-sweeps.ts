import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { IdempotencyRepository } from '../http/idempotency.repository.js';
import { JobRegistry } from './job-registry.js';
import { sweep } from './sweep.js';

const HOUR_MS = 3_600_000;

/** First answers under an Idempotency-Key are kept for this long. */
const IDEMPOTENCY_HOURS = 24;

/** Deletes what the platform keeps for a time only. */
@Injectable()
export class PlatformSweeps implements OnModuleInit {
  constructor(
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(IdempotencyRepository) private readonly answers: IdempotencyRepository,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'idempotency.sweep',
      everyMs: HOUR_MS,
      run: async (signal) => {
        const before = new Date(this.clock.now().getTime() - IDEMPOTENCY_HOURS * HOUR_MS);
        await sweep(signal, () => this.answers.sweep(before));
      },
    });
  }
}
