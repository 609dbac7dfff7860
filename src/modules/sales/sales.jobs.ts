import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobRegistry } from '../../platform/jobs/job-registry.js';
import { SaleCancellationService } from './sale-cancellation.service.js';
import { SaleRefundsService } from './sale-refunds.service.js';

/** What happens to sales by itself. */
@Injectable()
export class SalesJobs implements OnModuleInit {
  constructor(
    private readonly jobs: JobRegistry,
    private readonly cancellations: SaleCancellationService,
    private readonly refunds: SaleRefundsService,
  ) {}

  onModuleInit(): void {
    const { cancellations, refunds } = this;
    const add = (name: string, everyMs: number, run: (signal: AbortSignal) => Promise<void>): void =>
      this.jobs.register({ name, everyMs, run });
    add('sales.expire', 5_000, (signal) => cancellations.cancelExpired(signal));
    add('sales.finish-refunds', 30_000, (signal) => refunds.catchUp(signal));
  }
}
