import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

/** The level now, or at a moment: the balance after the last movement until then. */
export const LEVEL = statement(
  'stock.level',
  `SELECT p.sku, p.low_stock_threshold,
     CASE WHEN $2::timestamptz IS NULL THEN p.stock ELSE coalesce((
       SELECT m.balance_after FROM stock_movements m WHERE m.product_id = $1::uuid AND m.created_at <= $2::timestamptz
       ORDER BY m.created_at DESC, m.position DESC LIMIT 1), 0) END AS quantity,
     CASE WHEN $2::timestamptz IS NULL THEN (
       SELECT coalesce(sum(i.quantity), 0)::int FROM sales s JOIN sale_items i ON i.sale_id = s.id
       WHERE s.status = 'pending' AND i.product_id = $1::uuid) END AS reserved
   FROM products p WHERE p.id = $1::uuid`,
);
/** $1 is the threshold of the shop. No index on the level: it would make every sale write one more. */
const IS_LOW = 'p.archived_at IS NULL AND p.stock < coalesce(p.low_stock_threshold, $1::int)';
const LOW_COLUMNS = `p.id, p.sku, p.slug, p.name, p.active, p.stock, p.low_stock_threshold, p.updated_at`;
const LOW = statement(
  'stock.low',
  `SELECT ${LOW_COLUMNS} FROM products p WHERE ${IS_LOW} ORDER BY p.stock, p.id LIMIT $2 OFFSET $3`,
);
const LOW_AFTER = statement(
  'stock.lowAfter',
  `SELECT ${LOW_COLUMNS} FROM products p WHERE ${IS_LOW} AND (p.stock, p.id) > ($3::int, $4::uuid)
   ORDER BY p.stock, p.id LIMIT $2`,
);
const COUNT_LOW = statement('stock.countLow', `SELECT count(*)::int AS total FROM products p WHERE ${IS_LOW}`);

export interface LevelRow {
  readonly sku: string;
  readonly quantity: number;
  /** Null for a moment that has passed. */
  readonly reserved: number | null;
  readonly low_stock_threshold: number | null;
}

export interface LowStockRow {
  readonly id: string;
  readonly sku: string;
  readonly slug: string;
  readonly name: string;
  readonly active: boolean;
  readonly stock: number;
  readonly low_stock_threshold: number | null;
  readonly updated_at: Date;
}

/** Reads of what is in stock, and was. */
@Injectable()
export class StockLevelsRepository extends BaseRepository {
  /**
   * The level of a product, archived or not.
   * @param moment RFC 3339; null for now
   */
  level(productId: string, moment: string | null): Promise<LevelRow | undefined> {
    return this.first<LevelRow>(LEVEL, [productId, moment]);
  }

  /** Products below their threshold, the emptiest first; `threshold` is that of the shop. */
  low(threshold: number, limit: number, offset: number): Promise<LowStockRow[]> {
    return this.rows<LowStockRow>(LOW, [threshold, limit, offset]);
  }

  /** Those that come after a level and an id. */
  lowAfter(threshold: number, limit: number, stock: number, id: string): Promise<LowStockRow[]> {
    return this.rows<LowStockRow>(LOW_AFTER, [threshold, limit, stock, id]);
  }

  async countLow(threshold: number): Promise<number> {
    return (await this.first<{ total: number }>(COUNT_LOW, [threshold]))?.total ?? 0;
  }
}
