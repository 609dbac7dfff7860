import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { InvoicesApi } from '../invoices/invoices.api.js';
import { PromotionsApi } from '../promotions/promotions.api.js';
import { mayBecome, type SaleStatus } from './sale-lifecycle.js';
import { type SaleRow, toEventData } from './sale-mapper.js';
import { SaleNews } from './sale-news.service.js';
import { InvalidTransition, PaymentInProgress } from './sales.errors.js';
import { SALE_CANCELLED, SALE_DELIVERED, SALE_RETURNED, SALE_SHIPPED } from './sales.events.js';
import { SettlementRepository } from './settlement.repository.js';

/** Who moves a sale on, and what they say about it. */
export interface Move {
  /** `customer`, `guest`, `expiry`, or the id of the member of staff. */
  readonly actor: string;
  readonly note?: string | undefined;
  readonly carrier?: string | undefined;
  readonly trackingNumber?: string | undefined;
}

const EVENTS: Readonly<Partial<Record<SaleStatus, string>>> = {
  shipped: SALE_SHIPPED,
  delivered: SALE_DELIVERED,
  cancelled: SALE_CANCELLED,
  returned: SALE_RETURNED,
};

/** Changes the status of a sale that the transaction under way has locked: row, history and event together. */
@Injectable()
export class SaleTransitions {
  constructor(
    private readonly settlements: SettlementRepository,
    private readonly invoices: InvoicesApi,
    private readonly promotions: PromotionsApi,
    private readonly news: SaleNews,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidTransition} where the state machine does not allow it */
  async move(sale: SaleRow, to: SaleStatus, by: Move): Promise<void> {
    if (!mayBecome(sale.status, to)) throw new InvalidTransition(sale.status, to);
    const at = this.clock.now();
    await this.settlements.setStatus(sale, to, { ...by, at }, by);
    if (to === 'cancelled') {
      await this.settlements.failOpenPayments(sale.id, at);
      await this.promotions.release(sale.id);
    }
    const type = EVENTS[to];
    if (type === undefined) return this.news.changing();
    const parcel = to === 'shipped' ? { carrier: by.carrier ?? null, trackingNumber: by.trackingNumber ?? null } : {};
    await this.news.append({ type, aggregateId: sale.id, data: { ...toEventData(sale, to), ...parcel } });
  }

  /**
   * Confirms a sale that was paid by other means, with a payment that says so.
   * @throws {PaymentInProgress} where a provider has not decided about another one
   */
  async confirmPaid(sale: SaleRow, actor: string): Promise<void> {
    if (sale.status !== 'pending') throw new InvalidTransition(sale.status, 'confirmed');
    const now = this.clock.now();
    const paymentId = await this.settlements.addManualPayment(sale.id, now);
    if (paymentId === undefined) throw new PaymentInProgress();
    const reference = `manual_${paymentId}`;
    const event = toEventData(sale, 'confirmed');
    const settlement = { saleId: sale.id, paymentId, reference, event, actor };
    const settled = await this.settlements.settle([settlement], this.invoices.seller, now);
    if (settled?.has(sale.id) !== true) throw new Error(`The locked sale ${sale.id} could not be settled.`);
    this.news.changing();
  }
}
