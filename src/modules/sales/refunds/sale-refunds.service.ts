import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { formatMoney } from '../../../common/money.js';
import { TOO_LATE, within } from '../../../common/within.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { InvoicesApi } from '../../invoices/invoices.api.js';
import { PaymentsApi, type RefundOutcome } from '../../payments/payments.api.js';
import { toEventData } from '../sale-mapper.js';
import { SaleNews } from '../sale-news.service.js';
import { SALE_REFUNDED } from '../sales.events.js';
import { planRefund, type RefundAsk } from './refund-plan.js';
import { RefundsRepository } from './refunds.repository.js';

/** How long a refund may be under way before it counts as abandoned. */
const ABANDONED_MS = 60_000;
/** How long a request waits for a provider; after that it tells of a pending refund. */
const PATIENCE_MS = 5_000;

export const ALL: RefundAsk = { kind: 'rest' };

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
   * Writes down what has to go back, in the transaction under way, which must have locked the sale.
   * @returns the refund to {@link carryOut} after the commit; undefined where it comes to nothing
   * @throws {RefundExceedsPayment} where it is more than was paid and is not given back yet
   */
  async open(saleId: string, ask: RefundAsk, reason: string): Promise<string | undefined> {
    const sale = await this.refunds.refundable(saleId);
    const plan = planRefund(sale, ask);
    if (plan.amount === 0n || sale.paymentId === null) return undefined;
    this.news.changing();
    return this.refunds.open(saleId, sale.paymentId, plan, reason, this.clock.now());
  }

  /** Takes down what a provider says of a pending refund, in the transaction under way or in one of its own. */
  async decide(refundId: string, saleId: string, outcome: RefundOutcome): Promise<void> {
    const now = this.clock.now();
    if (outcome.status !== 'failed') {
      const { status, reference } = outcome;
      if (status === 'completed') await this.complete(refundId, saleId, reference);
      else await this.refunds.notePending(refundId, reference, now);
      return;
    }
    const { failureCode, reference = null } = outcome;
    this.logger.warn({ refundId, failureCode }, 'A refund failed; what it was for can be given back by another.');
    await this.uow.run(async () => {
      await this.refunds.holdSale(saleId);
      await this.refunds.fail(refundId, failureCode, reference, now);
      this.news.changing();
    });
  }

  /**
   * Has a refund paid out, outside any transaction. A failure, or a provider that takes its time, leaves it pending;
   * the next catch-up tries again.
   */
  async carryOut(refundId: string): Promise<void> {
    if ((await within(PATIENCE_MS, this.tryOut(refundId))) === TOO_LATE) {
      this.logger.warn({ refundId }, 'The provider takes its time over a refund.');
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

  private async tryOut(refundId: string): Promise<void> {
    try {
      await this.payOut(refundId);
    } catch (error) {
      this.logger.warn({ err: error, refundId }, 'A refund is left to the next catch-up.');
    }
  }

  private async payOut(refundId: string): Promise<void> {
    const refund = await this.refunds.takeUp(refundId, this.clock.now());
    if (refund === undefined) return;
    const { sale_id: saleId, amount, currency, provider, provider_ref: charge, method, reference, since } = refund;
    if (charge === null) throw new Error(`The payment of the refund ${refundId} has no reference.`);
    const reversal = { id: refundId, charge, method, amount, currency, reference, since };
    await this.decide(refundId, saleId, await this.payments.refund(provider, reversal));
  }

  /** The credit note comes last: its number is drawn under a lock that others wait for. */
  private complete(refundId: string, saleId: string, reference: string): Promise<void> {
    return this.uow.run(async () => {
      await this.refunds.holdSale(saleId);
      const sale = await this.refunds.complete(refundId, reference, this.clock.now());
      if (sale === undefined) return;
      const refunded = { refundId, amount: formatMoney(sale.refunded, sale.currency) };
      const data = { ...toEventData(sale, sale.status), paymentStatus: sale.payment_status, ...refunded };
      await this.news.append({ type: SALE_REFUNDED, aggregateId: saleId, data });
      await this.invoices.issueCreditNote(refundId);
    });
  }
}
