import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { violatedConstraint } from '../../platform/database/failures.js';
import { statement } from '../../platform/database/statement.js';
import { customerOf, type OfferedTo } from './promoted-customer.js';
import type { OfferRow, PromotionRow } from './promotion-row.js';
import { CouponCodeTaken, PromotionInUse } from './promotions.errors.js';
import { nextUse, USE_IS_TAKEN } from './promotions.events.js';

const COLUMNS = `id, code, name, type, rate, amount, buy_quantity, get_quantity, product_ids, category_ids, minimum, exclusive,
  priority, starts_at, ends_at, usage_limit, per_customer_limit, uses, active, version, created_at, updated_at`;
// Without a limit nobody counts in the row itself.
const COUNTED = COLUMNS.replace(
  'uses,',
  `CASE WHEN usage_limit IS NULL THEN (SELECT count(*)::int FROM promotion_uses u WHERE u.promotion_id = promotions.id)
     ELSE uses END AS uses,`,
);

const LIST = statement('promotions.list', `SELECT ${COUNTED} FROM promotions ORDER BY id DESC LIMIT $1 OFFSET $2`);
const LIST_AFTER = statement(
  'promotions.listAfter',
  `SELECT ${COUNTED} FROM promotions WHERE id < $2::uuid ORDER BY id DESC LIMIT $1`,
);
const COUNT = statement('promotions.count', 'SELECT count(*)::int AS total FROM promotions');
const FIND = statement('promotions.find', `SELECT ${COUNTED} FROM promotions WHERE id = $1`);
const HOLD = statement('promotions.hold', `SELECT ${COLUMNS} FROM promotions WHERE id = $1 FOR NO KEY UPDATE`);
/** Waits for the sales under way that use it, too. */
const HOLD_WHOLLY = statement('promotions.holdWholly', `SELECT ${COLUMNS} FROM promotions WHERE id = $1 FOR UPDATE`);
const COUNTING = '($16::int IS NOT NULL)::int + 2 * ($17::int IS NOT NULL)::int';
const VALUES = Array.from({ length: 22 }, (_, index) => `$${index + 1}`).join(', ');
const INSERT = statement(
  'promotions.insert',
  `INSERT INTO promotions (${COLUMNS}, counting) VALUES (${VALUES}, ${COUNTING})`,
);
// Where a limit is set, the uses so far count, and from now on in the row.
const UPDATE = statement(
  'promotions.update',
  `UPDATE promotions SET code = $2, name = $3, type = $4, rate = $5, amount = $6, buy_quantity = $7, get_quantity = $8,
     product_ids = $9, category_ids = $10, minimum = $11, exclusive = $12, priority = $13, starts_at = $14, ends_at = $15,
     usage_limit = $16, per_customer_limit = $17, counting = ${COUNTING},
     uses = CASE WHEN $16::int IS NULL THEN 0
       ELSE (SELECT count(*)::int FROM promotion_uses u WHERE u.promotion_id = promotions.id) END,
     active = $18, version = version + 1, updated_at = $19 WHERE id = $1`,
);
const DELETE = statement('promotions.delete', 'DELETE FROM promotions WHERE id = $1');

/**
 * What is in force for a cart, and the coupon that it names whatever its state.
 * $1 code, $2 products of the cart, $3 now, $4 customer.
 */
const OFFERS = statement(
  'promotions.offers',
  `WITH RECURSIVE bought AS (SELECT id, category_id FROM products WHERE id = ANY($2::uuid[])),
   within AS (
     SELECT id AS product_id, category_id FROM bought WHERE category_id IS NOT NULL
     UNION SELECT w.product_id, c.parent_id FROM within w JOIN categories c ON c.id = w.category_id
       WHERE c.parent_id IS NOT NULL),
   offered AS (
     SELECT pr.*, CASE WHEN NOT pr.active THEN 'not_found'
         WHEN pr.starts_at > $3::timestamptz THEN 'not_started'
         WHEN pr.ends_at <= $3::timestamptz THEN 'expired'
         WHEN pr.uses >= pr.usage_limit OR pr.per_customer_limit <= (
           SELECT count(*) FROM promotion_uses u WHERE u.promotion_id = pr.id AND u.customer = $4::uuid) THEN 'used_up'
         ELSE 'ok' END AS state
     FROM promotions pr WHERE pr.code = $1::text OR (pr.active AND pr.code IS NULL))
   SELECT id, code, type, rate, amount, buy_quantity, get_quantity, minimum, exclusive, version, state,
     CASE WHEN product_ids IS NULL AND category_ids IS NULL THEN NULL ELSE ARRAY(
       SELECT b.id FROM bought b WHERE b.id = ANY(o.product_ids)
         OR EXISTS (SELECT FROM within w WHERE w.product_id = b.id AND w.category_id = ANY(o.category_ids))) END AS product_ids
   FROM offered o WHERE code IS NOT NULL OR state = 'ok' ORDER BY priority, id`,
);

/** Those with a limit that sale $1 has, or may get by the coupon $2 or by themselves: all are locked before any is taken back. */
const HOLD_CANDIDATES = statement(
  'promotions.holdCandidates',
  `SELECT id FROM promotions
   WHERE usage_limit IS NOT NULL AND (code = $2::text OR (active AND code IS NULL)
     OR id IN (SELECT promotion_id FROM promotion_uses WHERE sale_id = $1))
   ORDER BY id FOR NO KEY UPDATE`,
);
/** Before {@link RELEASE}, so that this sees how uses are counted from now on until the transaction ends. */
const SHARE_USED = statement(
  'promotions.shareUsed',
  `SELECT id FROM promotions WHERE id IN (SELECT promotion_id FROM promotion_uses WHERE sale_id = $1)
   ORDER BY id FOR KEY SHARE`,
);
const RELEASE = statement(
  'promotions.release',
  `WITH freed AS (DELETE FROM promotion_uses WHERE sale_id = $1 RETURNING promotion_id),
   held AS (SELECT id FROM promotions WHERE id IN (SELECT promotion_id FROM freed) AND usage_limit IS NOT NULL
     ORDER BY id FOR NO KEY UPDATE)
   UPDATE promotions SET uses = uses - 1 FROM held WHERE promotions.id = held.id`,
);
/**
 * Counts the uses of a sale that is priced anew, as a checkout does: $1 sale, $2 ids, $3 the versions that were priced,
 * $4 what each takes off, $5 the customer, $6 now. Nothing is written unless all can be had.
 */
const TAKE = statement(
  'promotions.take',
  `WITH q AS MATERIALIZED (SELECT q.* FROM unnest($2::uuid[], $3::int[], $4::bigint[]) AS q(id, version, amount)),
   ql AS MATERIALIZED (
     SELECT pr.id, pr.uses FROM promotions pr JOIN q ON q.id = pr.id AND q.version = pr.version
     WHERE pr.usage_limit IS NOT NULL ORDER BY pr.id FOR NO KEY UPDATE OF pr),
   qf AS MATERIALIZED (
     SELECT pr.id FROM promotions pr JOIN q ON q.id = pr.id AND q.version = pr.version
     WHERE pr.usage_limit IS NULL ORDER BY pr.id FOR KEY SHARE OF pr),
   k AS MATERIALIZED (
     SELECT q.id, q.amount, pr.usage_limit, nth.free AS nth
     FROM q JOIN promotions pr ON pr.id = q.id AND pr.version = q.version AND pr.active
       LEFT JOIN ql ON ql.id = q.id
       LEFT JOIN LATERAL (
         ${nextUse('$5')}) AS nth ON true
     WHERE (ql.uses < pr.usage_limit OR pr.id IN (SELECT id FROM qf))
       AND (pr.per_customer_limit IS NULL OR nth.free IS NOT NULL)),
   g AS MATERIALIZED (SELECT count(*) = cardinality($2::uuid[]) AS ok FROM k),
   pu AS (
     UPDATE promotions SET uses = promotions.uses + 1
     FROM k CROSS JOIN g WHERE g.ok AND promotions.id = k.id AND k.usage_limit IS NOT NULL),
   pi AS (
     INSERT INTO promotion_uses (sale_id, promotion_id, customer, nth, amount, used_at)
     SELECT $1::uuid, k.id, CASE WHEN k.nth IS NOT NULL THEN $5::uuid END, k.nth, k.amount, $6::timestamptz
     FROM k CROSS JOIN g WHERE g.ok)
   SELECT ok FROM g`,
);
const USES_OF = statement(
  'promotions.usesOf',
  `SELECT u.sale_id, u.used_at, pr.name, pr.code FROM promotion_uses u JOIN promotions pr ON pr.id = u.promotion_id
   WHERE u.customer = $1 ORDER BY u.used_at`,
);
const FORGET = statement(
  'promotions.forget',
  'UPDATE promotion_uses SET customer = NULL, nth = NULL WHERE customer = $1',
);

/** Uses whose customer nobody had to know, with who bought: $1 promotion, $2 the sale to go on after, or null. */
const UNATTRIBUTED = statement(
  'promotions.unattributed',
  `SELECT u.sale_id, s.user_id AS "userId", s.email FROM promotion_uses u JOIN sales s ON s.id = u.sale_id
   WHERE u.promotion_id = $1 AND u.customer IS NULL AND s.email IS NOT NULL AND ($2::uuid IS NULL OR u.sale_id > $2)
   ORDER BY u.sale_id LIMIT 5000`,
);
/** $1 promotion, $2 sales, $3 their customers. */
const ATTRIBUTE = statement(
  'promotions.attribute',
  `UPDATE promotion_uses u SET customer = a.customer, nth = a.earlier + a.turn
   FROM (SELECT q.sale_id, q.customer, (row_number() OVER (PARTITION BY q.customer ORDER BY q.sale_id))::int AS turn,
       coalesce((SELECT max(o.nth) FROM promotion_uses o WHERE o.promotion_id = $1 AND o.customer = q.customer), 0) AS earlier
     FROM unnest($2::uuid[], $3::uuid[]) AS q(sale_id, customer)) a
   WHERE u.promotion_id = $1 AND u.sale_id = a.sale_id`,
);

/** A use and who bought; of an account that was erased it is not told. */
interface BoughtRow extends OfferedTo {
  readonly sale_id: string;
}

interface UseRow {
  readonly sale_id: string;
  readonly used_at: Date;
  readonly name: string;
  readonly code: string | null;
}

/** Promotions and their uses. */
/** Places in the lists that were asked about. */
export interface UnknownIds {
  readonly products: readonly number[];
  readonly categories: readonly number[];
}
const NONE_UNKNOWN: UnknownIds = { products: [], categories: [] };
const unknownOf = (ids: string, table: string): string =>
  `ARRAY(SELECT o.n::int - 1 FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS o(id, n)
     WHERE NOT EXISTS (SELECT FROM ${table} t WHERE t.id = o.id) ORDER BY o.n)`;
const UNKNOWN = statement(
  'promotions.unknown',
  `SELECT ${unknownOf('$1', 'products')} AS products, ${unknownOf('$2', 'categories')} AS categories`,
);

@Injectable()
export class PromotionsRepository extends BaseRepository {
  /** Newest first. */
  list(limit: number, offset: number): Promise<PromotionRow[]> {
    return this.rows<PromotionRow>(LIST, [limit, offset]);
  }

  listAfter(limit: number, id: string): Promise<PromotionRow[]> {
    return this.rows<PromotionRow>(LIST_AFTER, [limit, id]);
  }

  async count(): Promise<number> {
    return (await this.first<{ total: number }>(COUNT))?.total ?? 0;
  }

  find(id: string): Promise<PromotionRow | undefined> {
    return this.first<PromotionRow>(FIND, [id]);
  }

  /**
   * A promotion that nobody else changes, or uses up to its limit, until the transaction ends.
   * @param wholly nobody uses it at all, limit or not: for who changes how uses are counted
   */
  hold(id: string, wholly: boolean): Promise<PromotionRow | undefined> {
    return this.first<PromotionRow>(wholly ? HOLD_WHOLLY : HOLD, [id]);
  }

  /** @throws {CouponCodeTaken} */
  async insert(row: PromotionRow): Promise<void> {
    const { uses, active, version, created_at, updated_at } = row;
    await this.writing(() => this.affect(INSERT, [...written(row), uses, active, version, created_at, updated_at]));
  }

  /** @throws {CouponCodeTaken} */
  async update(row: PromotionRow): Promise<void> {
    await this.writing(() => this.affect(UPDATE, [...written(row), row.active, row.updated_at]));
  }

  /** Says of the uses so far whose they were, so that a limit by customer counts them. */
  async attributeUses(id: string): Promise<void> {
    let rows: BoughtRow[] = [];
    do {
      rows = await this.rows<BoughtRow & Record<string, unknown>>(UNATTRIBUTED, [id, rows.at(-1)?.sale_id ?? null]);
      await this.affect(ATTRIBUTE, [id, rows.map(({ sale_id }) => sale_id), rows.map(customerOf)]);
    } while (rows.length > 0);
  }

  /** @throws {PromotionInUse} */
  async delete(id: string): Promise<void> {
    const used = { promotion_uses_promotion_fkey: () => new PromotionInUse() };
    await this.mapping(used, () => this.affect(DELETE, [id]));
  }

  /** @param code normalized; null for none */
  offers(code: string | null, productIds: readonly string[], now: Date, customer: string | null): Promise<OfferRow[]> {
    return this.rows<OfferRow>(OFFERS, [code, productIds, now, customer]);
  }

  /** Takes the uses of a sale back, in the transaction that cancels it. */
  async release(saleId: string): Promise<void> {
    if ((await this.rows(SHARE_USED, [saleId])).length > 0) await this.affect(RELEASE, [saleId]);
  }

  /**
   * Holds what a sale has and may get, in the order in which everybody does.
   * @param code normalized; null for none
   */
  async holdCandidates(saleId: string, code: string | null): Promise<void> {
    await this.affect(HOLD_CANDIDATES, [saleId, code]);
  }

  /** @returns whether all could be had; where not, nothing was written, and the transaction must be rolled back */
  async take(
    saleId: string,
    used: readonly { readonly id: string; readonly version: number; readonly amount: bigint }[],
    customer: string | null,
    now: Date,
  ): Promise<boolean> {
    if (used.length === 0) return true;
    const each = [used.map(({ id }) => id), used.map(({ version }) => version), used.map(({ amount }) => amount)];
    try {
      return (await this.first<{ ok: boolean }>(TAKE, [saleId, ...each, customer, now]))?.ok === true;
    } catch (error) {
      const violated = violatedConstraint(error);
      if (USE_IS_TAKEN.some((constraint) => constraint === violated)) return false;
      throw error;
    }
  }

  /** What a customer has used where uses are limited by customer. */
  usesOf(customer: string): Promise<UseRow[]> {
    return this.rows<UseRow>(USES_OF, [customer]);
  }

  /** Which entries of two lists of ids name no product, archived or not, and no category. */
  async unknown(productIds: readonly string[], categoryIds: readonly string[]): Promise<UnknownIds> {
    return (await this.first<UnknownIds & Record<string, unknown>>(UNKNOWN, [productIds, categoryIds])) ?? NONE_UNKNOWN;
  }

  /** Uses stay, and say no longer whose they were. */
  async forget(customer: string): Promise<void> {
    await this.affect(FORGET, [customer]);
  }

  private async writing(write: () => Promise<unknown>): Promise<void> {
    await this.mapping({ promotions_code_unique: () => new CouponCodeTaken() }, write);
  }
}

/** What staff write of a promotion, in the order of its columns up to the limits. */
function written(row: PromotionRow): unknown[] {
  return [
    row.id,
    row.code,
    row.name,
    row.type,
    row.rate,
    row.amount,
    row.buy_quantity,
    row.get_quantity,
    row.product_ids,
    row.category_ids,
    row.minimum,
    row.exclusive,
    row.priority,
    row.starts_at,
    row.ends_at,
    row.usage_limit,
    row.per_customer_limit,
  ];
}
