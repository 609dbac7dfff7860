import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import { PRODUCT_COLUMNS, type ProductRow } from './product-row.js';
import type { StockReason } from './stock-movement.entity.js';

/** The level and its ledger change in one statement, or not at all. */
const MOVE = statement(
  'stock.move',
  `WITH written AS (
     UPDATE products SET stock = stock + $2::int, updated_at = $7::timestamptz, version = version + 1
     WHERE id = $1::uuid AND archived_at IS NULL AND stock::bigint + $2::int BETWEEN 0 AND $8::bigint RETURNING *
   ), movement AS (
     INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, actor_id, note, created_at)
     SELECT $3::uuid, id, $2::int, stock, $4::text, $5::uuid, $6::text, $7::timestamptz FROM written
     RETURNING created_at
   )
   SELECT ${PRODUCT_COLUMNS}, (SELECT created_at FROM movement) AS moved_at FROM written p LEFT JOIN categories c ON c.id = p.category_id`,
);
const HOLD = statement(
  'stock.hold',
  'SELECT stock, version FROM products WHERE id = $1 AND archived_at IS NULL FOR NO KEY UPDATE',
);
const MOVEMENT_COLUMNS = `m.id, m.delta, m.balance_after, m.reason, m.note, m.sale_id, m.actor_id, m.created_at`;
const LEDGER = statement(
  'stock.ledger',
  `SELECT ${MOVEMENT_COLUMNS} FROM stock_movements m WHERE m.product_id = $1
   ORDER BY m.created_at DESC, m.position DESC LIMIT $2 OFFSET $3`,
);
const LEDGER_AFTER = statement(
  'stock.ledgerAfter',
  `SELECT ${MOVEMENT_COLUMNS} FROM stock_movements m
   WHERE m.product_id = $1 AND (m.created_at, m.position) <
     (SELECT l.created_at, l.position FROM stock_movements l WHERE l.id = $3::uuid AND l.product_id = $1)
   ORDER BY m.created_at DESC, m.position DESC LIMIT $2`,
);
const COUNT = statement('stock.count', 'SELECT count(*)::int AS total FROM stock_movements WHERE product_id = $1');
const EXISTS = statement('stock.productExists', 'SELECT true AS found FROM products WHERE id = $1');

/** A movement to be written. */
export interface NewMovement {
  readonly id: string;
  readonly productId: string;
  readonly delta: number;
  readonly reason: StockReason;
  readonly actorId: string | null;
  readonly note: string | null;
  readonly at: Date;
}

/** A product after a movement, and the time that the movement has in the ledger. */
export interface MovedRow extends ProductRow {
  readonly moved_at: Date;
}

export interface MovementRow {
  readonly id: string;
  readonly delta: number;
  readonly balance_after: number;
  readonly reason: StockReason;
  readonly note: string | null;
  readonly sale_id: string | null;
  readonly actor_id: string | null;
  readonly created_at: Date;
}

export interface HeldStock {
  readonly stock: number;
  readonly version: number;
}

/** The stock of products and its ledger. */
@Injectable()
export class StockRepository extends BaseRepository {
  /**
   * Moves stock and writes the movement.
   * @param most the highest level that there may be
   * @returns undefined where there is no such product, or the level would leave 0 to `most`
   */
  move({ id, productId, delta, reason, actorId, note, at }: NewMovement, most: number): Promise<MovedRow | undefined> {
    return this.first<MovedRow>(MOVE, [productId, delta, id, reason, actorId, note, at, most]);
  }

  /** Locks a product that is not archived, until the transaction ends. */
  hold(productId: string): Promise<HeldStock | undefined> {
    return this.first<HeldStock>(HOLD, [productId]);
  }

  /** Movements of a product, in the order in which they were applied, the last first. */
  ledger(productId: string, limit: number, offset: number): Promise<MovementRow[]> {
    return this.rows<MovementRow>(LEDGER, [productId, limit, offset]);
  }

  /** Movements of a product that were applied before the one named. */
  ledgerAfter(productId: string, limit: number, movementId: string): Promise<MovementRow[]> {
    return this.rows<MovementRow>(LEDGER_AFTER, [productId, limit, movementId]);
  }

  async count(productId: string): Promise<number> {
    return (await this.first<{ total: number }>(COUNT, [productId]))?.total ?? 0;
  }

  /** Whether there is such a product, archived or not. */
  async productExists(productId: string): Promise<boolean> {
    return (await this.first(EXISTS, [productId])) !== undefined;
  }
}
