import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { JobRegistry } from '../../platform/jobs/job-registry.js';
import { SaleCancellationService } from './sale-cancellation.service.js';
import { SaleInvoicesService } from './sale-invoices.service.js';
import { SaleRefundsService } from './sale-refunds.service.js';

/** What happens to sales by itself. */
@Injectable()
export class SalesJobs implements OnModuleInit {
  constructor(
    private readonly jobs: JobRegistry,
    private readonly cancellations: SaleCancellationService,
    private readonly refunds: SaleRefundsService,
    private readonly invoices: SaleInvoicesService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const { cancellations, refunds, invoices, clock } = this;
    const add = (name: string, everyMs: number, run: (signal: AbortSignal) => Promise<void>): void =>
      this.jobs.register({ name, everyMs, run });
    add('sales.expire', 5_000, (signal) => cancellations.cancelExpired(signal));
    add('sales.finish-refunds', 30_000, (signal) => refunds.catchUp(signal));
    add('sales.issue-missing-invoices', 30_000, (signal) => invoices.catchUp(clock.now(), signal));
  }
}
