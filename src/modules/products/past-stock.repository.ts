import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

/** Units of a product that a sale of another system takes. */
export interface TakenUnits {
  readonly saleId: string;
  readonly productId: string;
  /** More than none. */
  readonly units: number;
}

/**
 * The rows of products are locked already; levels, ledger and events change in one statement. Several sales may take of
 * one product: each is a movement, and they follow one another in the order that they are given in.
 */
const TAKE = statement(
  'pastStock.take',
  `WITH l AS MATERIALIZED (
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::uuid[]) WITH ORDINALITY
       AS l (sale_id, product_id, units, movement_id, event_id, place)),
   sums AS (SELECT product_id, sum(units)::int AS units FROM l GROUP BY product_id),
   u AS (
     UPDATE products p SET stock = p.stock - s.units, version = p.version + 1, updated_at = $6::timestamptz
     FROM sums s WHERE p.id = s.product_id RETURNING p.id, p.stock, s.units),
   moved AS MATERIALIZED (
     SELECT l.*, u.stock + u.units - sum(l.units) OVER (PARTITION BY l.product_id ORDER BY l.place) AS balance
     FROM l JOIN u ON u.id = l.product_id),
   m AS (
     INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, sale_id, actor_id, created_at)
     SELECT movement_id, product_id, -units, balance, 'sale', sale_id, $7::uuid, $6::timestamptz
     FROM moved ORDER BY product_id, place)
   INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at)
   SELECT event_id, 'stock.changed', product_id, jsonb_build_object('productId', product_id, 'stock', balance,
     'delta', -units, 'reason', 'sale', 'saleId', sale_id), $6::timestamptz FROM moved ORDER BY product_id, place`,
);

/** Takes stock for sales that another system has made. */
@Injectable()
export class PastStockRepository extends BaseRepository {
  /** Of products that are held, and have that many. */
  async take(taken: readonly TakenUnits[], actorId: string | null, now: Date): Promise<void> {
    const column = <K extends keyof TakenUnits>(key: K): TakenUnits[K][] => taken.map((each) => each[key]);
    const ids = [taken.map(() => newId()), taken.map(() => newId())];
    await this.affect(TAKE, [column('saleId'), column('productId'), column('units'), ...ids, now, actorId]);
  }
}
