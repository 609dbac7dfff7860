import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobRegistry } from '../../platform/jobs/job-registry.js';
import { SaleCancellationService } from './lifecycle/sale-cancellation.service.js';
import { PaymentFollowUps } from './payments/payment-follow-ups.service.js';
import { PaymentReconciliation } from './payments/payment-reconciliation.service.js';

/** What happens to sales by itself. */
@Injectable()
export class SalesJobs implements OnModuleInit {
  constructor(
    private readonly jobs: JobRegistry,
    private readonly cancellations: SaleCancellationService,
    private readonly followUps: PaymentFollowUps,
    private readonly reconciliation: PaymentReconciliation,
  ) {}

  onModuleInit(): void {
    const { cancellations, followUps, reconciliation } = this;
    const add = (name: string, everyMs: number, run: (signal: AbortSignal) => Promise<void>): void =>
      this.jobs.register({ name, everyMs, run });
    add('sales.expire', 5_000, (signal) => cancellations.cancelExpired(signal));
    add('sales.finish-refunds', 30_000, (signal) => followUps.catchUp(signal));
    add('sales.settle-payments', 5_000, (signal) => reconciliation.reconcile(signal));
    add('sales.forget-payment-events', 3_600_000, (signal) => reconciliation.forgetEvents(signal));
  }
}
