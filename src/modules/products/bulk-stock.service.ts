import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { type BulkMovement, BulkStockRepository } from './bulk-stock.repository.js';
import { checkLines, type PlannedLine, planLines } from './bulk-stock-rules.js';
import type { BulkStockItem, BulkStockResult, BulkStockUpdate } from './dto/bulk-stock.dto.js';
import { ProductJournal } from './product-journal.service.js';

/** Moves the stock of many products in one transaction. */
@Injectable()
export class BulkStockService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly stock: BulkStockRepository,
    private readonly journal: ProductJournal,
    private readonly clock: Clock,
  ) {}

  /**
   * Sets levels to what was counted, or adjusts them: all lines, or none where one is refused.
   * @throws {InvalidInput} {@link BulkProductsNotFound} {@link BulkInsufficientStock} naming the lines
   */
  async update({ mode, reason = 'adjustment', items }: BulkStockUpdate, actorId: string): Promise<BulkStockResult> {
    checkLines(mode, reason, items);
    return this.uow.run(async () => {
      const ids = items.flatMap(({ productId }) => productId ?? []);
      const planned = planLines(items, await this.stock.hold(ids, skusOf(items)));
      const movements = planned.map((line, index) => movementOf(line, items[index]?.note ?? null));
      const moving = movements.filter(({ delta }) => delta !== 0);
      const cause = { reason, actorId, at: this.clock.now() };
      const levels = await this.stock.move(moving, cause);
      const levelOf = ({ id, stock }: PlannedLine['product']): number => levels.get(id) ?? stock;
      await this.journal.stockMoved(
        planned
          .filter(({ delta }) => delta !== 0)
          .map(({ product, delta }) => ({ id: product.id, stock: levelOf(product), delta, reason })),
      );
      return {
        items: planned.map(({ product, delta }, index) => ({
          productId: product.id,
          sku: product.sku,
          delta,
          quantity: levelOf(product),
          movementId: delta === 0 ? null : (movements[index]?.id ?? null),
        })),
      };
    });
  }
}

function skusOf(items: readonly BulkStockItem[]): string[] {
  return items.flatMap(({ sku }) => sku ?? []);
}

function movementOf({ product, delta }: PlannedLine, note: string | null): BulkMovement {
  return { id: newId(), productId: product.id, delta, note };
}
