import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { JobRegistry } from '../../platform/jobs/job-registry.js';
import { sweep } from '../../platform/jobs/sweep.js';
import { CatalogueUpkeepRepository } from './catalogue-upkeep.repository.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Rest between two batches of words. */
const REST_MS = 100;

/** Sums up the kept counts of the catalogue, counts how frequent words are, and forgets those that no product has. */
@Injectable()
export class CatalogueUpkeep implements OnModuleInit {
  constructor(
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(CatalogueUpkeepRepository) private readonly catalogue: CatalogueUpkeepRepository,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'catalogue.sum-counts',
      everyMs: MINUTE_MS,
      run: async (signal) => {
        await sweep(signal, () => this.catalogue.sumCounts());
      },
    });
    this.jobs.register({
      name: 'catalogue.count-words',
      everyMs: HOUR_MS,
      run: async () => {
        await this.catalogue.countWords(Math.trunc(this.clock.now().getTime() / HOUR_MS));
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
