import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { JobRegistry } from '../../../platform/jobs/job-registry.js';
import { sweep } from '../../../platform/jobs/sweep.js';
import { CatalogueCache } from '../catalogue.cache.js';
import { RelatedProductsRepository } from './related-products.repository.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How old the answer for a product may get. */
const FRESH_MS = DAY_MS;
/** Tastes change: older sales do not count. */
const WINDOW_MS = 365 * DAY_MS;
/** One sale with both may be chance. */
const SUPPORT = 2;
/** Products that are worked out in one statement: even where all of them sell by the thousand it takes a moment. */
const BATCH = 10;

/** Works out, once a day for each product, what was bought together with it; goes on where it was stopped. */
@Injectable()
export class RelatedProductsJob implements OnModuleInit {
  constructor(
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    private readonly related: RelatedProductsRepository,
    private readonly cache: CatalogueCache,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.register({ name: 'products.relate', everyMs: HOUR_MS, run: (signal) => this.run(signal) });
  }

  private async run(signal: AbortSignal): Promise<void> {
    const now = this.clock.now();
    const since = new Date(now.getTime() - WINDOW_MS);
    const before = new Date(now.getTime() - FRESH_MS);
    const worked = await sweep(signal, async () => {
      const ids = await this.related.due(before, BATCH);
      if (ids.length > 0) await this.related.compute(ids, since, SUPPORT, now);
      return ids.length;
    });
    if (worked > 0) await this.cache.relationsChanged();
  }
}
