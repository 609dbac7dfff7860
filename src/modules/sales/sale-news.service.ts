import { Injectable } from '@nestjs/common';
import { AppCache } from '../../platform/cache/app-cache.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Outbox } from '../../platform/outbox/outbox.js';
import { INVOICE_ISSUED } from '../invoices/invoices.events.js';
import { STOCK_CHANGED } from '../products/products.events.js';
import { StockApi, type StockLevel } from '../products/stock.api.js';
import { SALE_EVENTS, SALE_PLACED } from './sales.events.js';

/** What lists and sums of sales are made of. Whose sale it was is told by the database, with the change itself. */
const TAGS = ['sales'];

/** Tells whoever has to know that sales have changed, before the change is acknowledged. */
@Injectable()
export class SaleNews {
  constructor(
    private readonly stock: StockApi,
    private readonly outbox: Outbox,
    private readonly cache: AppCache,
    private readonly uow: UnitOfWork,
  ) {}

  /** Whether nobody waits for the events of a sale that is placed, which then need no relay. */
  get unawaited(): { readonly placed: boolean; readonly stockChanged: boolean } {
    return {
      placed: this.outbox.passesOver(SALE_PLACED),
      stockChanged: this.outbox.passesOver(STOCK_CHANGED),
    };
  }

  /** A sale was placed, and has left these levels of its products. */
  async placed(levels: readonly StockLevel[]): Promise<void> {
    await Promise.all([this.stock.changed([], levels), this.cache.invalidate(TAGS)]);
  }

  /** Sales were changed by a statement that has committed, with the events that it wrote. */
  changed(): Promise<void> {
    this.outbox.wake(...SALE_EVENTS, INVOICE_ISSUED);
    return this.cache.invalidate(TAGS);
  }

  /** The transaction that is under way changes sales. */
  changing(): void {
    this.uow.afterCommit(() => this.changed());
  }

  /** The transaction that is under way changes a sale, and this is its event. */
  async append(event: Parameters<Outbox['append']>[0]): Promise<void> {
    this.changing();
    await this.outbox.append(event);
  }
}
