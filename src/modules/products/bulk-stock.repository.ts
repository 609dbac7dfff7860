import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { HeldLevel } from './bulk-stock-rules.js';
import type { StockReason } from './stock-movement.entity.js';

const HOLD = statement(
  'bulkStock.hold',
  `SELECT id, sku, stock FROM products
   WHERE archived_at IS NULL AND (id = ANY ($1::uuid[]) OR sku = ANY ($2::text[]))
   ORDER BY id FOR NO KEY UPDATE`,
);
/** Its rows are locked already; levels and ledger change in one statement, or not at all. */
const MOVE = statement(
  'bulkStock.move',
  `WITH l AS MATERIALIZED (
     SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[]) AS l (product_id, delta, movement_id, note)
   ), written AS (
     UPDATE products p SET stock = p.stock + l.delta, version = p.version + 1, updated_at = $7::timestamptz
     FROM l WHERE p.id = l.product_id RETURNING p.id, p.stock, l.delta, l.movement_id, l.note
   ), movements AS (
     INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, actor_id, note, created_at)
     SELECT movement_id, id, delta, stock, $5::text, $6::uuid, note, $7::timestamptz FROM written
   )
   SELECT id, stock FROM written`,
);

/** A movement of one product among many. */
export interface BulkMovement {
  readonly id: string;
  readonly productId: string;
  readonly delta: number;
  readonly note: string | null;
}

/** What the movements of one request share. */
export interface BulkCause {
  readonly reason: StockReason;
  readonly actorId: string;
  readonly at: Date;
}

/** Moves the stock of many products at once. */
@Injectable()
export class BulkStockRepository extends BaseRepository {
  /** Locks products that are not archived, by id or SKU, in the order that everybody locks them in. */
  hold(ids: readonly string[], skus: readonly string[]): Promise<HeldLevel[]> {
    return this.rows<HeldLevel>(HOLD, [ids, skus]);
  }

  /** Moves the stock of products that are held; gives their levels by id. */
  async move(movements: readonly BulkMovement[], { reason, actorId, at }: BulkCause): Promise<Map<string, number>> {
    const column = <K extends keyof BulkMovement>(key: K): BulkMovement[K][] => movements.map((each) => each[key]);
    const values = [column('productId'), column('delta'), column('id'), column('note')];
    const rows = await this.rows<{ id: string; stock: number }>(MOVE, [...values, reason, actorId, at]);
    return new Map(rows.map(({ id, stock }) => [id, stock]));
  }
}
