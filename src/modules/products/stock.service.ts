import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { InvalidInput } from '../../common/domain-error.js';
import { newId } from '../../common/ids.js';
import { cursorId, offsetOf, type Page, type PageRequest, toPage } from '../../common/paging.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { ProductResponse } from './dto/product.dto.js';
import type { CreateStockMovement, SetStock, StockMovementResponse } from './dto/stock.dto.js';
import { STOCK_MAX } from './product.fields.js';
import { ProductJournal } from './product-journal.service.js';
import { type ProductRow, toProduct, versionsOf } from './product-row.js';
import { InsufficientStock, ProductNotFound, VersionMismatch } from './products.errors.js';
import { ProductsRepository } from './products.repository.js';
import { type MovedRow, type MovementRow, type NewMovement, StockRepository } from './stock.repository.js';
import { checkMovement } from './stock-rules.js';

/** Moves stock; every change of a level is a line of the ledger. */
@Injectable()
export class StockService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly stock: StockRepository,
    private readonly products: ProductsRepository,
    private readonly journal: ProductJournal,
    private readonly clock: Clock,
  ) {}

  /**
   * Sets the level to what was counted, as an adjustment; nothing is written where it is that already.
   * @param tags entity tags of the product, one of which must be current; any version where undefined
   * @throws {ProductNotFound} {@link VersionMismatch}
   */
  set(
    productId: string,
    { quantity, note }: SetStock,
    tags: readonly string[] | undefined,
    actorId: string,
  ): Promise<ProductResponse> {
    return this.uow.run(async () => {
      const held = await this.stock.hold(productId);
      if (held === undefined) throw new ProductNotFound();
      if (tags !== undefined && !versionsOf(tags, productId).includes(held.version)) throw new VersionMismatch();
      const delta = quantity - held.stock;
      if (delta === 0) return toProduct(await this.product(productId));
      const movement = this.movement(productId, delta, actorId, note);
      return toProduct(await this.move({ ...movement, reason: 'adjustment' }));
    });
  }

  /**
   * Writes a movement.
   * @throws {ProductNotFound} {@link InsufficientStock} {@link InvalidInput}
   */
  add(
    productId: string,
    { delta, reason, note }: CreateStockMovement,
    actorId: string,
  ): Promise<StockMovementResponse> {
    checkMovement(delta, reason);
    return this.uow.run(async () => {
      const movement = { ...this.movement(productId, delta, actorId, note), reason };
      const { stock, moved_at: at } = await this.move(movement);
      const row = { sale_id: null, actor_id: actorId, balance_after: stock, created_at: at };
      return toMovement({ ...movement, ...row });
    });
  }

  /**
   * The ledger of a product, archived or not, newest first.
   * @throws {ProductNotFound} {@link InvalidInput}
   */
  async ledger(productId: string, request: PageRequest): Promise<Page<StockMovementResponse>> {
    if (!(await this.stock.productExists(productId))) throw new ProductNotFound();
    const total = request.cursor === undefined ? await this.stock.count(productId) : undefined;
    return toPage(await this.movements(productId, request), request, total, (row) => [row.id], toMovement);
  }

  private movements(productId: string, request: PageRequest): Promise<MovementRow[]> {
    const limit = request.perPage + 1;
    if (request.cursor === undefined) return this.stock.ledger(productId, limit, offsetOf(request));
    const last = cursorId(request.cursor);
    if (last === undefined) return this.stock.ledger(productId, limit, 0);
    return this.stock.ledgerAfter(productId, limit, last);
  }

  private movement(productId: string, delta: number, actorId: string, note: string | null | undefined) {
    return { id: newId(), productId, delta, actorId, note: note ?? null, at: this.clock.now() };
  }

  private async move(movement: NewMovement): Promise<MovedRow> {
    const row = await this.stock.move(movement, STOCK_MAX);
    if (row === undefined) throw await this.refusal(movement);
    await this.journal.stockMoved([{ id: row.id, stock: row.stock, delta: movement.delta, reason: movement.reason }]);
    return row;
  }

  private async refusal({ productId, delta }: NewMovement): Promise<Error> {
    if ((await this.products.findById(productId)) === undefined) return new ProductNotFound();
    if (delta < 0) return new InsufficientStock();
    return InvalidInput.field('delta', `would take the stock above ${STOCK_MAX}`);
  }

  private async product(id: string): Promise<ProductRow> {
    const row = await this.products.findById(id);
    if (row === undefined) throw new ProductNotFound();
    return row;
  }
}

function toMovement(row: MovementRow): StockMovementResponse {
  return {
    id: row.id,
    delta: row.delta,
    balanceAfter: row.balance_after,
    reason: row.reason,
    note: row.note,
    saleId: row.sale_id,
    actorId: row.actor_id,
    createdAt: row.created_at.toISOString(),
  };
}
