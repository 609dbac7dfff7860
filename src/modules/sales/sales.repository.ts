import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { SaleStatus } from './lifecycle/sale-lifecycle.js';
import type { SaleItemRow, SaleRow } from './sale-mapper.js';
import { SaleNotFound } from './sales.errors.js';

/** Whose sale it is: a customer's, or a guest's by the cart that it came from. */
export interface SaleOwner {
  readonly userId: string | null;
  readonly cartId: string | null;
}

/** Which sales a list shows, newest first; ids are UUIDv7, so their order is that of placing. */
export interface SalesFilter {
  readonly owner?: SaleOwner;
  readonly status?: SaleStatus | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly userId?: string | undefined;
  readonly q?: string | undefined;
}

export interface HistoryRow {
  readonly from_status: SaleStatus | null;
  readonly to_status: SaleStatus;
  /** `customer`, `guest`, `payment`, `expiry`, or the id of the member of staff. */
  readonly actor: string;
  readonly at: Date;
  readonly note: string | null;
}

export interface StatsRow {
  readonly sales: number;
  readonly pending: number;
  readonly completed: number;
  readonly spent: bigint;
}

const COLUMNS = `s.id, s.number, s.user_id, s.cart_id, s.email, s.status, s.payment_status, s.currency, s.subtotal,
  s.discount, s.shipping, s.tax, s.prices_include_tax, s.shipping_tax, s.shipping_tax_rate, s.total, s.coupon_code,
  s.shipping_method, s.delivery_address, s.carrier, s.tracking_number, s.placed_at, s.updated_at, s.expires_at, s.origin,
  (SELECT i.id FROM invoices i WHERE i.sale_id = s.id AND i.kind = 'invoice') AS invoice_id`;

const ITEM_COLUMNS =
  'sale_id, product_id, sku, name, unit_price, quantity, discount, tax, included_tax, tax_rate, line_total';

const OWNED = '(s.user_id = $2::uuid OR (s.user_id IS NULL AND s.cart_id = $3::uuid))';

const FIND = statement('sales.find', `SELECT ${COLUMNS} FROM sales s WHERE s.id = $1::uuid`);
const FIND_OWNED = statement('sales.findOwned', `SELECT ${COLUMNS} FROM sales s WHERE s.id = $1::uuid AND ${OWNED}`);
const LOCK = statement('sales.lock', 'SELECT id FROM sales WHERE id = $1::uuid FOR NO KEY UPDATE');
const ITEMS = statement(
  'sales.items',
  `SELECT ${ITEM_COLUMNS} FROM sale_items WHERE sale_id = ANY ($1::uuid[]) ORDER BY sale_id, line_no`,
);
const HISTORY = statement(
  'sales.history',
  'SELECT from_status, to_status, actor, at, note FROM sale_history WHERE sale_id = $1::uuid ORDER BY id',
);
const ANY_SHIPPED = statement(
  'sales.anyShipped',
  'SELECT EXISTS (SELECT FROM sale_shipments WHERE sale_id = $1::uuid) AS shipped',
);
const STATS = statement(
  'sales.stats',
  `SELECT count(*)::int AS sales, count(*) FILTER (WHERE s.status = 'pending')::int AS pending,
     count(*) FILTER (WHERE s.payment_status IN ('completed', 'partially_refunded')
       AND s.status NOT IN ('cancelled', 'returned'))::int AS completed,
     coalesce(sum(p.amount - p.refunded_amount), 0)::bigint AS spent
   FROM sales s LEFT JOIN payments p ON p.sale_id = s.id AND p.status = 'completed'
   WHERE s.user_id = $1::uuid`,
);
const GUEST_CART = statement('sales.guestCart', 'SELECT id FROM carts WHERE token_hash = $1::bytea');
const EXPIRED = statement(
  'sales.expired',
  `SELECT id FROM sales WHERE status = 'pending' AND expires_at <= $1 AND id <> ALL ($2::uuid[])
   ORDER BY expires_at LIMIT 100`,
);

/** Reads sales. */
@Injectable()
export class SalesRepository extends BaseRepository {
  /** @throws {SaleNotFound} also where it is somebody else's */
  async getOwned(id: string, owner: SaleOwner): Promise<SaleRow> {
    const row = await this.first<SaleRow>(FIND_OWNED, [id, owner.userId, owner.cartId]);
    if (row === undefined) throw new SaleNotFound();
    return row;
  }

  /** @throws {SaleNotFound} */
  async get(id: string): Promise<SaleRow> {
    const row = await this.first<SaleRow>(FIND, [id]);
    if (row === undefined) throw new SaleNotFound();
    return row;
  }

  /**
   * A sale as it stands once nobody else is changing it; the transaction keeps it so.
   * @throws {SaleNotFound} also where it is not the owner's, if one is given
   */
  async getLocked(id: string, owner?: SaleOwner): Promise<SaleRow> {
    await this.first(LOCK, [id]);
    return owner === undefined ? this.get(id) : this.getOwned(id, owner);
  }

  items(saleIds: readonly string[]): Promise<SaleItemRow[]> {
    return this.rows<SaleItemRow>(ITEMS, [saleIds]);
  }

  history(saleId: string): Promise<HistoryRow[]> {
    return this.rows<HistoryRow>(HISTORY, [saleId]);
  }

  /** Whether anything of a sale was sent. */
  async anyShipped(saleId: string): Promise<boolean> {
    return (await this.first<{ shipped: boolean }>(ANY_SHIPPED, [saleId]))?.shipped === true;
  }

  async stats(userId: string): Promise<StatsRow> {
    const row = await this.first<StatsRow>(STATS, [userId]);
    return row ?? { sales: 0, pending: 0, completed: 0, spent: 0n };
  }

  /** The cart that a guest's token names. */
  async findGuestCart(tokenHash: Buffer): Promise<string | undefined> {
    return (await this.first<{ id: string }>(GUEST_CART, [tokenHash]))?.id;
  }

  /** Ids of up to 100 sales whose reservation has run out, but for some. */
  async expired(now: Date, but: readonly string[]): Promise<string[]> {
    return (await this.rows<{ id: string }>(EXPIRED, [now, but])).map((row) => row.id);
  }

  /** Sales by filter, newest first, `limit` of them after `beforeId` or after skipping `offset`. */
  list(filter: SalesFilter, limit: number, offset: number, beforeId: string | undefined): Promise<SaleRow[]> {
    const { where, values } = conditions(filter);
    if (beforeId !== undefined) where.push(`s.id < $${values.push(beforeId)}::uuid`);
    const tail = `LIMIT $${values.push(limit)}::int OFFSET $${values.push(offset)}::int`;
    return this.rowsOf<SaleRow>(`SELECT ${COLUMNS} FROM sales s${sql(where)} ORDER BY s.id DESC ${tail}`, values);
  }

  async count(filter: SalesFilter): Promise<number> {
    const { where, values } = conditions(filter);
    const [row] = await this.rowsOf<{ count: number }>(
      `SELECT count(*)::int AS count FROM sales s${sql(where)}`,
      values,
    );
    return row?.count ?? 0;
  }
}

const sql = (where: readonly string[]): string => (where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`);

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

function conditions(filter: SalesFilter): { where: string[]; values: unknown[] } {
  const where: string[] = [];
  const values: unknown[] = [];
  const { owner, status, from, to, userId, q } = filter;
  if (owner !== undefined) {
    const user = `$${values.push(owner.userId)}::uuid`;
    where.push(`(s.user_id = ${user} OR (s.user_id IS NULL AND s.cart_id = $${values.push(owner.cartId)}::uuid))`);
  }
  if (status !== undefined) where.push(`s.status = $${values.push(status)}`);
  if (from !== undefined) where.push(`s.placed_at >= $${values.push(from)}::timestamptz`);
  if (to !== undefined) where.push(`s.placed_at < $${values.push(to)}::timestamptz`);
  if (userId !== undefined) where.push(`s.user_id = $${values.push(userId)}::uuid`);
  if (q !== undefined) {
    // Our own numbers are in capitals; those of imported sales are as the other system wrote them.
    const numbers = `$${values.push(q)}, $${values.push(q.toUpperCase())}`;
    where.push(`(s.number IN (${numbers}) OR s.email ILIKE $${values.push(`${escapeLike(q)}%`)})`);
  }
  return { where, values };
}
