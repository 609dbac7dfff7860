import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { JobRegistry } from '../../../platform/jobs/job-registry.js';
import { sweep } from '../../../platform/jobs/sweep.js';
import { PricesService } from './prices.service.js';

/** As late as the catalogue may show a price; carts and checkouts do not wait for it. */
const EVERY_MS = 1_000;

/** Changes prices when their time has come. */
@Injectable()
export class PriceChanges implements OnModuleInit {
  constructor(
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(PricesService) private readonly prices: PricesService,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'products.change-prices',
      everyMs: EVERY_MS,
      run: async (signal) => {
        await sweep(signal, () => this.prices.applyDue());
      },
    });
  }
}
