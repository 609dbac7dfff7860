import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Outbox } from '../../platform/outbox/outbox.js';
import { CatalogueCache, type StockLevel } from './catalogue.cache.js';
import { STOCK_CHANGED, STOCK_LOW } from './products.events.js';
import { type ReturnedUnits, type StockReturn, StockReturnsRepository } from './stock-returns.repository.js';

export type { StockLevel };

/** The door to stock, for those who sell it. */
@Injectable()
export class StockApi {
  constructor(
    private readonly returns: StockReturnsRepository,
    private readonly cache: CatalogueCache,
    private readonly outbox: Outbox,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Puts the units of a sale back, in the transaction that is under way, which must have locked the sale.
   * @param units at most one entry a product
   */
  async putBack(units: readonly ReturnedUnits[], why: StockReturn): Promise<void> {
    await this.returns.putBack(units, why, this.clock.now());
    this.uow.afterCommit(() => this.changed(units.map((unit) => unit.productId)));
  }

  /**
   * To be told after the commit of a statement that changed stock itself, and before anybody hears of it: no catalogue
   * shows the old levels from then on. Wakes the relay for the events that the statement wrote.
   * @param levels what the statement returned of the products, where it did: the catalogue goes on from that, where it
   *   would have to read them again
   */
  async changed(productIds: readonly string[], levels: readonly StockLevel[] = []): Promise<void> {
    await this.cache.stockChanged(productIds, levels);
    this.outbox.wake(STOCK_CHANGED, STOCK_LOW);
  }
}
