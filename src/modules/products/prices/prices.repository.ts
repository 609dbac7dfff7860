import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';
import { PRODUCT_COLUMNS, type ProductRow } from '../product-row.js';

/**
 * Begins and ends the sale prices that are due at $1, of the products $2 or of any, the $3 that have been due longest.
 * They are found by the order of their own index: by id, a table that was never analysed would be read from end to end,
 * every second. They are locked by id, as everybody locks products. It says in SQL what `pricingAt` says of one row.
 */
const APPLY_DUE = statement(
  'prices.applyDue',
  `WITH found AS MATERIALIZED (
     SELECT id FROM products
     WHERE next_price_change_at <= $1::timestamptz AND archived_at IS NULL
       AND ($2::uuid[] IS NULL OR id = ANY ($2::uuid[]))
     ORDER BY next_price_change_at LIMIT $3
   ), due AS MATERIALIZED (
     SELECT id, price AS old_price, regular_price AS old_regular_price, sale_price AS old_sale_price,
       sale_from AS old_sale_from, sale_to AS old_sale_to,
       sale_to IS NOT NULL AND sale_to <= $1::timestamptz AS over
     FROM products
     WHERE id IN (SELECT id FROM found) AND next_price_change_at <= $1::timestamptz AND archived_at IS NULL
     ORDER BY id FOR NO KEY UPDATE
   ), written AS (
     UPDATE products p SET
       price = CASE WHEN due.over THEN coalesce(p.regular_price, p.price) ELSE p.sale_price END,
       regular_price = CASE WHEN due.over THEN NULL ELSE coalesce(p.regular_price, p.price) END,
       sale_price = CASE WHEN due.over THEN NULL ELSE p.sale_price END,
       sale_from = CASE WHEN due.over THEN NULL ELSE p.sale_from END,
       sale_to = CASE WHEN due.over THEN NULL ELSE p.sale_to END,
       next_price_change_at = CASE WHEN due.over THEN NULL ELSE p.sale_to END,
       version = p.version + 1, updated_at = $1::timestamptz
     FROM due WHERE p.id = due.id AND p.next_price_change_at <= $1::timestamptz
     RETURNING p.*, due.old_price, due.old_regular_price, due.old_sale_price, due.old_sale_from, due.old_sale_to
   )
   SELECT ${PRODUCT_COLUMNS}, p.old_price, p.old_regular_price, p.old_sale_price, p.old_sale_from, p.old_sale_to
   FROM written p LEFT JOIN categories c ON c.id = p.category_id ORDER BY p.id`,
);

interface ChangedRow extends ProductRow {
  readonly old_price: bigint;
  readonly old_regular_price: bigint | null;
  readonly old_sale_price: bigint | null;
  readonly old_sale_from: Date | null;
  readonly old_sale_to: Date | null;
}

/** A product whose price changed by itself, before and after. */
export interface PriceChange {
  readonly row: ProductRow;
  readonly before: ProductRow;
}

/** Prices that change by themselves. */
@Injectable()
export class PricesRepository extends BaseRepository {
  /**
   * Makes the changes that are due at a moment.
   * @param productIds of these products alone; of any where undefined
   */
  async applyDue(now: Date, productIds: readonly string[] | undefined, most: number): Promise<PriceChange[]> {
    const rows = await this.rows<ChangedRow>(APPLY_DUE, [now, productIds ?? null, most]);
    return rows.map(toChange);
  }
}

function toChange(changed: ChangedRow): PriceChange {
  const { old_price, old_regular_price, old_sale_price, old_sale_from, old_sale_to, ...row } = changed;
  const before = {
    price: old_price,
    regular_price: old_regular_price,
    sale_price: old_sale_price,
    sale_from: old_sale_from,
    sale_to: old_sale_to,
  };
  return { row, before: { ...row, ...before } };
}
