import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { currentOrigin } from '../../platform/security/request-context.js';
import { BulkStockRepository } from './bulk-stock.repository.js';
import { PastStockRepository, type TakenUnits } from './past-stock.repository.js';
import { StockApi } from './stock.api.js';

export type { TakenUnits };

/** A product that is held, and how many of it there are. */
export interface HeldProduct {
  readonly id: string;
  readonly sku: string;
  readonly stock: number;
}

/** The door to stock for those who bring sales of the past in; all of it in the transaction that is under way. */
@Injectable()
export class PastStockApi {
  constructor(
    private readonly levels: BulkStockRepository,
    private readonly stock: PastStockRepository,
    private readonly told: StockApi,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Locks products by their SKU; those that are archived or not there are left out. */
  hold(skus: readonly string[]): Promise<HeldProduct[]> {
    return this.levels.hold([], skus);
  }

  /** Takes units of products that are held and have them: level, ledger and `stock.changed`, a movement each. */
  async take(taken: readonly TakenUnits[]): Promise<void> {
    if (taken.length === 0) return;
    await this.stock.take(taken, currentOrigin().actorId, this.clock.now());
    const productIds = [...new Set(taken.map(({ productId }) => productId))];
    this.uow.afterCommit(() => this.told.changed(productIds));
  }
}
