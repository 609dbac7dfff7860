import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

/** A sale that has the number of one in the file. */
export interface HeldSale {
  readonly id: string;
  readonly number: string;
  readonly origin: string | null;
  readonly import_id: string | null;
  readonly lines: number;
}

/** A line of a sale that is there. */
export interface HeldLine {
  readonly sale_id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unit_price: bigint;
}

export interface PastSale {
  readonly id: string;
  readonly number: string;
  readonly cancelled: boolean;
  readonly total: bigint;
  readonly country: string;
  readonly placedAt: Date;
  readonly customerId: string | null;
  readonly userId: string | null;
}

export interface PastItem {
  readonly saleId: string;
  readonly lineNo: number;
  readonly productId: string;
  readonly sku: string;
  readonly name: string;
  readonly unitPrice: bigint;
  readonly quantity: number;
}

/** What all sales of an import have in common. */
export interface ImportStamp {
  readonly importId: string;
  readonly origin: string;
  readonly currency: string;
  readonly now: Date;
}

const HELD = statement(
  'past-sales.held',
  `SELECT s.id, s.number, s.origin, s.import_id,
     (SELECT coalesce(max(i.line_no), 0) FROM sale_items i WHERE i.sale_id = s.id)::int AS lines
   FROM sales s WHERE s.number = ANY ($1::text[])`,
);
const LINES = statement(
  'past-sales.lines',
  'SELECT sale_id, sku, quantity, unit_price FROM sale_items WHERE sale_id = ANY ($1::uuid[])',
);
/** An address without anything but its country: the other system does not tell more. */
const ADD = statement(
  'past-sales.add',
  `WITH given AS MATERIALIZED (
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::bigint[], $5::text[], $6::timestamptz[], $7::uuid[],
       $8::uuid[], $9::uuid[])
       AS g (id, number, cancelled, total, country, placed_at, customer_id, user_id, history_id)),
   added AS (
     INSERT INTO sales (id, number, user_id, customer_id, status, payment_status, currency, subtotal, discount, shipping,
       tax, total, delivery_address, placed_at, updated_at, origin, import_id)
     SELECT id, number, user_id, customer_id, CASE WHEN cancelled THEN 'cancelled' ELSE 'delivered' END,
       CASE WHEN cancelled THEN 'refunded' ELSE 'completed' END, $10::text, total, 0, 0, 0, total,
       jsonb_build_object('label', NULL, 'recipient', '', 'line1', '', 'line2', NULL, 'city', '', 'region', NULL,
         'postalCode', '', 'country', country, 'phone', NULL),
       placed_at, $11::timestamptz, $12::text, $13::uuid
     FROM given)
   INSERT INTO sale_history (id, sale_id, to_status, actor, at)
   SELECT history_id, id, CASE WHEN cancelled THEN 'cancelled' ELSE 'delivered' END, 'import', placed_at FROM given`,
);
const ADD_ITEMS = statement(
  'past-sales.addItems',
  `INSERT INTO sale_items (sale_id, line_no, product_id, sku, name, unit_price, quantity, discount, tax, line_total)
   SELECT sale_id, line_no, product_id, sku, name, unit_price, quantity, 0, 0, unit_price * quantity
   FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::int[])
     AS i (sale_id, line_no, product_id, sku, name, unit_price, quantity)`,
);
const GROW = statement(
  'past-sales.grow',
  `UPDATE sales s SET subtotal = s.subtotal + g.more, total = s.total + g.more, updated_at = $3
   FROM unnest($1::uuid[], $2::bigint[]) AS g (id, more) WHERE s.id = g.id`,
);

/** Writes sales that another system has made; the one repository beside those of sales that does. */
@Injectable()
export class PastSalesRepository extends BaseRepository {
  held(numbers: readonly string[]): Promise<HeldSale[]> {
    return this.rows<HeldSale & Record<string, unknown>>(HELD, [numbers]);
  }

  lines(saleIds: readonly string[]): Promise<HeldLine[]> {
    return this.rows<HeldLine & Record<string, unknown>>(LINES, [saleIds]);
  }

  /** @param historyIds of the entry of its history that each sale begins with */
  async add(sales: readonly PastSale[], historyIds: readonly string[], stamp: ImportStamp): Promise<void> {
    const column = <K extends keyof PastSale>(key: K): PastSale[K][] => sales.map((sale) => sale[key]);
    await this.affect(ADD, [
      column('id'),
      column('number'),
      column('cancelled'),
      column('total'),
      column('country'),
      column('placedAt'),
      column('customerId'),
      column('userId'),
      historyIds,
      stamp.currency,
      stamp.now,
      stamp.origin,
      stamp.importId,
    ]);
  }

  async addItems(items: readonly PastItem[]): Promise<void> {
    const column = <K extends keyof PastItem>(key: K): PastItem[K][] => items.map((item) => item[key]);
    await this.affect(ADD_ITEMS, [
      column('saleId'),
      column('lineNo'),
      column('productId'),
      column('sku'),
      column('name'),
      column('unitPrice'),
      column('quantity'),
    ]);
  }

  /** Adds to the amounts of sales that lines were added to. */
  async grow(more: ReadonlyMap<string, bigint>, now: Date): Promise<void> {
    await this.affect(GROW, [[...more.keys()], [...more.values()], now]);
  }
}
