import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { AuditApi } from '../../audit/audit.api.js';
import type { RefundNews } from '../../payments/payments.api.js';
import { toRefund } from '../refunds/refund-mapper.js';
import { RefundsRepository } from '../refunds/refunds.repository.js';
import { ALL, SaleRefundsService } from '../refunds/sale-refunds.service.js';
import { RefundExceedsPayment } from '../sales.errors.js';
import type { KnownRefund, Subject } from './payment-decisions.repository.js';

/** Refunds that providers cause or decide; everything in the transaction under way, which holds the sale. */
@Injectable()
export class ProviderRefunds {
  private readonly logger = new Logger(ProviderRefunds.name);

  constructor(
    private readonly refunds: SaleRefundsService,
    private readonly ledger: RefundsRepository,
    private readonly audit: AuditApi,
    private readonly clock: Clock,
  ) {}

  /**
   * Gives back what a provider took for a sale that had been cancelled.
   * @returns the refund to carry out after the commit
   */
  async openLate(saleId: string, paymentId: string, reference: string): Promise<string | undefined> {
    const now = this.clock.now();
    if (!(await this.ledger.completeLatePayment(saleId, paymentId, reference, now))) return undefined;
    const refundId = await this.refunds.open(saleId, ALL, 'The payment came after the cancellation.');
    if (refundId !== undefined) await this.record(saleId, refundId);
    return refundId;
  }

  /** Takes down what a provider tells of a refund that is known. */
  async decide(refund: KnownRefund, { outcome, reference }: RefundNews): Promise<void> {
    const { id, sale_id: saleId, status } = refund;
    if (status === 'pending') return this.refunds.decide(id, saleId, outcome);
    if (status !== 'completed' || outcome.status !== 'failed') return;
    // Its credit note stands, and the debt with it: staff have to find another way to pay.
    const { failureCode } = outcome;
    await this.ledger.noteFailureCode(id, failureCode, this.clock.now());
    this.logger.error({ refundId: id, reference, failureCode }, 'A refund failed after it had been completed.');
    const after = { refundId: id, failureCode };
    await this.audit.record({ action: 'sale.refund_failed', subjectType: 'sale', subjectId: saleId, after });
  }

  /** Takes down a refund that somebody made at the provider, past this shop. */
  async adopt(payment: Subject, { given, outcome, reference }: RefundNews): Promise<void> {
    if (outcome.status === 'failed') return;
    const saleId = payment.sale_id;
    try {
      const { currency, paymentId } = await this.ledger.refundable(saleId);
      if (paymentId !== payment.id || given.currency !== currency)
        throw new RefundExceedsPayment(`0 ${given.currency}`);
      const ask = { kind: 'amount', amount: given.amount } as const;
      const refundId = await this.refunds.open(saleId, ask, 'It was given back at the provider.');
      if (refundId === undefined) return;
      await this.record(saleId, refundId);
      await this.refunds.decide(refundId, saleId, outcome);
    } catch (error) {
      if (!(error instanceof RefundExceedsPayment)) throw error;
      this.logger.error({ saleId, reference }, 'More was given back at the provider than the books have left.');
    }
  }

  private async record(saleId: string, refundId: string): Promise<void> {
    const { amount, currency } = toRefund(await this.ledger.get(refundId));
    const after = { refundId, amount, currency };
    await this.audit.record({ action: 'sale.refunded', subjectType: 'sale', subjectId: saleId, after });
  }
}
