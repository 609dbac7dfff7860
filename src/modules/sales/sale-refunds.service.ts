import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { InvoicesApi } from '../invoices/invoices.api.js';
import { PaymentsApi } from '../payments/payments.api.js';
import { type RefundRow, RefundsRepository } from './refunds.repository.js';
import { toEventData } from './sale-mapper.js';
import { SaleNews } from './sale-news.service.js';
import { SALE_REFUNDED } from './sales.events.js';

/** How long a refund may be under way before it counts as abandoned. */
const ABANDONED_MS = 60_000;

/** Gives money back: a refund is written down first, paid out by the provider second, and completed third. */
@Injectable()
export class SaleRefundsService {
  private readonly logger = new Logger(SaleRefundsService.name);

  constructor(
    private readonly refunds: RefundsRepository,
    private readonly payments: PaymentsApi,
    private readonly invoices: InvoicesApi,
    private readonly news: SaleNews,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes down, in the transaction under way, that all that was paid for a sale has to go back.
   * @returns the refund to carry {@link out} after the commit; undefined where nothing was paid
   */
  open(saleId: string, reason: string): Promise<string | undefined> {
    return this.refunds.open(saleId, reason, this.clock.now());
  }

  /** Gives back what a provider took for a sale that had been cancelled. */
  async giveBackLatePayment(saleId: string, paymentId: string, reference: string): Promise<void> {
    const refundId = await this.refunds.openForLatePayment(saleId, paymentId, reference, this.clock.now());
    if (refundId !== undefined) await this.carryOut(refundId);
  }

  /** Pays a refund out. A failure leaves it pending, and the next catch-up tries again. */
  async carryOut(refundId: string): Promise<void> {
    try {
      await this.payOut(refundId);
    } catch (error) {
      this.logger.warn({ err: error, refundId }, 'A refund is left to the next catch-up.');
    }
  }

  /** Carries out what crashes and failures have left behind. */
  async catchUp(signal: AbortSignal): Promise<void> {
    const before = new Date(this.clock.now().getTime() - ABANDONED_MS);
    for (const refundId of await this.refunds.pending(before)) {
      if (signal.aborted) return;
      await this.carryOut(refundId);
    }
  }

  private async payOut(refundId: string): Promise<void> {
    const refund = await this.refunds.find(refundId);
    if (refund === undefined || refund.status !== 'pending') return;
    const { amount, currency, provider, provider_ref: charge } = refund;
    if (charge === null) throw new Error(`The payment of the refund ${refundId} has no reference.`);
    const reference = await this.payments.refund(provider, { id: refundId, charge, amount, currency });
    await this.complete(refund, reference);
    await this.invoices.issueCreditNote(refundId);
  }

  private complete(refund: RefundRow, reference: string): Promise<void> {
    return this.uow.run(async () => {
      const sale = await this.refunds.complete(refund.id, reference, this.clock.now());
      if (sale === undefined) return;
      const data = { ...toEventData(sale, sale.status), refundId: refund.id };
      await this.news.append({ type: SALE_REFUNDED, aggregateId: sale.id, data });
    });
  }
}
