import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { JobRegistry } from '../../platform/jobs/job-registry.js';
import { sweep } from '../../platform/jobs/sweep.js';
import { CatalogueUpkeepRepository } from './catalogue-upkeep.repository.js';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** Rest between two batches of words. */
const REST_MS = 100;

/** Sums up the kept counts of the catalogue, and forgets words that no product has any more. */
@Injectable()
export class CatalogueUpkeep implements OnModuleInit {
  constructor(
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(CatalogueUpkeepRepository) private readonly catalogue: CatalogueUpkeepRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'catalogue.sum-counts',
      everyMs: MINUTE_MS,
      run: async (signal) => {
        await sweep(signal, () => this.catalogue.sumCounts());
      },
    });
    this.jobs.register({ name: 'catalogue.forget-words', everyMs: DAY_MS, run: (signal) => this.forgetWords(signal) });
  }

  private async forgetWords(signal: AbortSignal): Promise<void> {
    let last: bigint | undefined = 0n;
    while (last !== undefined && !signal.aborted) {
      last = await this.catalogue.forgetWords(last);
      await delay(REST_MS, undefined, { ref: false });
    }
  }
}
