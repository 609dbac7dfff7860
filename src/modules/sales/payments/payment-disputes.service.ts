import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { formatMoney } from '../../../common/money.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Metrics } from '../../../platform/observability/metrics.js';
import { AuditApi } from '../../audit/audit.api.js';
import type { DisputeNews } from '../../payments/payments.api.js';
import type { Subject } from './payment-decisions.repository.js';
import { PaymentDisputesRepository } from './payment-disputes.repository.js';

/**
 * Takes down which charges are disputed, for staff. Nothing follows by itself: the sale may be on its way or delivered, and
 * whether the money is gone is only decided when the dispute is closed.
 */
@Injectable()
export class PaymentDisputes implements OnModuleInit {
  private readonly logger = new Logger(PaymentDisputes.name);
  private readonly counts: Record<string, number> = {};

  constructor(
    private readonly disputes: PaymentDisputesRepository,
    private readonly audit: AuditApi,
    private readonly metrics: Metrics,
    private readonly uow: UnitOfWork,
  ) {}

  onModuleInit(): void {
    const help = 'Disputes of charges that providers told of, by the status that they came to.';
    this.metrics.counters('payment_disputes_total', help, 'status', () => ({ ...this.counts }));
  }

  /** Notes what is told of a dispute, in the transaction under way, which holds the sale of its payment. */
  async take(payment: Subject, provider: string, news: DisputeNews): Promise<void> {
    if (!(await this.disputes.note(payment.id, provider, news))) return;
    const { reference, reason, status, closed, disputed, respondBy } = news;
    const amount = formatMoney(disputed.amount, disputed.currency);
    const after = { paymentId: payment.id, reference, reason, status, amount, currency: disputed.currency };
    const action = closed ? 'payment.dispute_closed' : 'payment.disputed';
    await this.audit.record({ action, subjectType: 'sale', subjectId: payment.sale_id, after });
    this.uow.afterCommit(() => {
      this.counts[status] = (this.counts[status] ?? 0) + 1;
      const told = { saleId: payment.sale_id, ...after, respondBy };
      this.logger.warn(told, closed ? 'A dispute of a charge is closed.' : 'A customer disputes a charge.');
    });
  }
}
