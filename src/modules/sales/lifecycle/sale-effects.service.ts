import { Injectable } from '@nestjs/common';
import { StockApi } from '../../products/stock.api.js';
import { PromotionsApi } from '../../promotions/promotions.api.js';
import { SettlementRepository } from '../payments/settlement.repository.js';
import { ALL, SaleRefundsService } from '../refunds/sale-refunds.service.js';
import { type SaleRow, toEventData } from '../sale-mapper.js';
import { SaleNews } from '../sale-news.service.js';
import { SALE_CANCELLED, SALE_DELIVERED, SALE_RETURNED, SALE_SHIPPED } from '../sales.events.js';
import { SalesRepository } from '../sales.repository.js';
import type { AskedGuard, OwnEffect, SaleStatus, SaleStep } from './sale-lifecycle.js';

/** Who moves a sale on, and what they say about it. */
export interface Move {
  /** `customer`, `guest`, `expiry`, or the id of the member of staff. */
  readonly actor: string;
  /** The member of staff, for the stock ledger. */
  readonly actorId?: string | null | undefined;
  readonly note?: string | undefined;
  readonly carrier?: string | undefined;
  readonly trackingNumber?: string | undefined;
}

interface Taken {
  readonly sale: SaleRow;
  readonly to: SaleStatus;
  readonly by: Move;
  readonly at: Date;
}

const EVENTS: Readonly<Partial<Record<SaleStatus, string>>> = {
  shipped: SALE_SHIPPED,
  delivered: SALE_DELIVERED,
  cancelled: SALE_CANCELLED,
  returned: SALE_RETURNED,
};

/** The conditions and effects that the table of the sale's lifecycle names, as far as no statement has them. */
@Injectable()
export class SaleEffects {
  private readonly guards: Readonly<Record<AskedGuard, (taken: Taken) => boolean | Promise<boolean>>> = {
    reservation_is_over: ({ sale, at }) => sale.expires_at !== null && sale.expires_at <= at,
    nothing_was_shipped: async ({ sale }) => !(await this.sales.anyShipped(sale.id)),
  };

  private readonly effects: Readonly<Record<OwnEffect, (taken: Taken) => Promise<string | undefined>>> = {
    fail_open_payment: ({ sale, at }) => done(this.settlements.failOpenPayments(sale.id, at)),
    free_promotions: ({ sale }) => done(this.promotions.release(sale.id)),
    tell: (taken) => done(this.tell(taken)),
    release_stock: (taken) => done(this.releaseStock(taken)),
    refund_all: ({ sale, by }) => this.refunds.open(sale.id, ALL, by.note ?? 'The sale was cancelled.'),
  };

  constructor(
    private readonly settlements: SettlementRepository,
    private readonly promotions: PromotionsApi,
    private readonly sales: SalesRepository,
    private readonly stock: StockApi,
    private readonly refunds: SaleRefundsService,
    private readonly news: SaleNews,
  ) {}

  /** Whether every condition of a step holds that is to be asked for. */
  async allow(step: SaleStep, taken: Taken): Promise<boolean> {
    for (const name of step.guards) {
      if (isOwn(this.guards, name) && !(await this.guards[name](taken))) return false;
    }
    return true;
  }

  /**
   * Has a step its effects, in their order.
   * @returns the refund to carry out after the commit, where something was paid
   */
  async follow(step: SaleStep, taken: Taken): Promise<string | undefined> {
    let refundId: string | undefined;
    for (const name of step.effects) {
      if (isOwn(this.effects, name)) refundId = (await this.effects[name](taken)) ?? refundId;
    }
    return refundId;
  }

  private async tell({ sale, to, by }: Taken): Promise<void> {
    const type = EVENTS[to];
    if (type === undefined) throw new Error(`No event tells that a sale is ${to}.`);
    const parcel = to === 'shipped' ? { carrier: by.carrier ?? null, trackingNumber: by.trackingNumber ?? null } : {};
    await this.news.append({ type, aggregateId: sale.id, data: { ...toEventData(sale, to), ...parcel } });
  }

  private async releaseStock({ sale, by }: Taken): Promise<void> {
    const items = await this.sales.items([sale.id]);
    const units = items.map((item) => ({ productId: item.product_id, quantity: item.quantity }));
    await this.stock.putBack(units, { saleId: sale.id, reason: 'release', actorId: by.actorId ?? null });
  }
}

const done = (work: Promise<unknown>): Promise<undefined> => work.then(() => undefined);

const isOwn = <T extends object>(own: T, name: string): name is Extract<keyof T, string> => Object.hasOwn(own, name);
