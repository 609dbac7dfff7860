import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

/** Units of a product that come back from a sale. */
export interface ReturnedUnits {
  readonly productId: string;
  readonly quantity: number;
}

export interface StockReturn {
  readonly saleId: string;
  /** `release` of what was reserved, `return` of what was delivered. */
  readonly reason: 'release' | 'return';
  readonly actorId: string | null;
}

// Apart from the update, so that the update starts from rows that nobody else can be changing.
const LOCK = statement(
  'stockReturns.lock',
  'SELECT id FROM products WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
);
const PUT_BACK = statement(
  'stockReturns.putBack',
  `WITH l AS MATERIALIZED (
     SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[]) AS l(product_id, quantity, movement_id, event_id)
     WHERE (SELECT s.origin FROM sales s WHERE s.id = $6::uuid) IS NULL
       OR EXISTS (SELECT FROM stock_movements t
         WHERE t.product_id = l.product_id AND t.sale_id = $6::uuid AND t.reason = 'sale')),
   u AS (
     UPDATE products p SET stock = p.stock + l.quantity, version = p.version + 1, updated_at = $8::timestamptz
     FROM l WHERE p.id = l.product_id RETURNING p.id, p.stock, l.quantity, l.movement_id, l.event_id),
   m AS (
     INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, sale_id, actor_id, created_at)
     SELECT u.movement_id, u.id, u.quantity, u.stock, $5::text, $6::uuid, $7::uuid, $8::timestamptz FROM u)
   INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at)
   SELECT u.event_id, 'stock.changed', u.id, jsonb_build_object('productId', u.id, 'stock', u.stock, 'delta', u.quantity,
     'reason', $5::text, 'saleId', $6::uuid), $8::timestamptz FROM u`,
);

/** Puts stock back that a sale had taken: of one that came from another system perhaps none. */
@Injectable()
export class StockReturnsRepository extends BaseRepository {
  /**
   * Adds the units to their products' levels and ledgers, with a `stock.changed` event each; none of a sale that was
   * imported without taking stock. The index
   * `stock_movements_once_per_sale` refuses to release a sale's stock twice.
   */
  async putBack(units: readonly ReturnedUnits[], why: StockReturn, now: Date): Promise<void> {
    const productIds = units.map((unit) => unit.productId);
    await this.affect(LOCK, [productIds]);
    const quantities = units.map((unit) => unit.quantity);
    const ids = [units.map(() => newId()), units.map(() => newId())];
    await this.affect(PUT_BACK, [productIds, quantities, ...ids, why.reason, why.saleId, why.actorId, now]);
  }
}
