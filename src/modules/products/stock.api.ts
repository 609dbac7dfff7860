import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Outbox } from '../../platform/outbox/outbox.js';
import { CatalogueCache } from './catalogue.cache.js';
import { type ReturnedUnits, type StockReturn, StockReturnsRepository } from './stock-returns.repository.js';

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
   * To be told after the commit of a statement that changed stock itself: forgets what is cached of the products, and
   * wakes the relay for the events that the statement wrote.
   */
  async changed(productIds: readonly string[]): Promise<void> {
    await this.cache.stockChanged(productIds);
    this.outbox.wake();
  }
}
