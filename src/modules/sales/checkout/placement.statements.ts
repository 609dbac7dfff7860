import { type Statement, statement } from '../../../platform/database/statement.js';
import { DISCOUNTED, nextUse } from '../../promotions/promotions.events.js';
import { CHARGED } from '../../shipping/shipping.events.js';

/**
 * What promotions add to the checkout of one sale: $48 ids, $49 the versions that were priced, $50 what each takes off,
 * $51 the customer, $52 the coupon. Those with a limit are locked and counted; of others, which may be in every sale, the
 * version is compared and the key shared, for which nobody waits but whoever changes how uses are counted. A limit by customer takes the lowest number that is free: where two at
 * once take the same one, the unique constraint refuses the second.
 */
const PROMOTIONS = {
  taken: `
   pq AS MATERIALIZED (
     SELECT pq.* FROM unnest($48::uuid[], $49::int[], $50::bigint[]) AS pq(id, version, amount)),
   pl AS MATERIALIZED (
     SELECT pr.id, pr.uses FROM promotions pr JOIN pq ON pq.id = pr.id AND pq.version = pr.version
     WHERE pr.usage_limit IS NOT NULL AND (SELECT count(*) FROM p) > 0
     ORDER BY pr.id FOR NO KEY UPDATE OF pr),
   pf AS MATERIALIZED (
     SELECT pr.id FROM promotions pr JOIN pq ON pq.id = pr.id AND pq.version = pr.version
     WHERE pr.usage_limit IS NULL AND (SELECT count(*) FROM p) > 0
     ORDER BY pr.id FOR KEY SHARE OF pr),
   pk AS MATERIALIZED (
     SELECT pq.id, pq.amount, pr.usage_limit, nth.free AS nth
     FROM pq JOIN promotions pr ON pr.id = pq.id AND pr.version = pq.version AND pr.active
       LEFT JOIN pl ON pl.id = pq.id
       LEFT JOIN LATERAL (
         ${nextUse('$51')}) AS nth ON true
     WHERE (pl.uses < pr.usage_limit OR pr.id IN (SELECT id FROM pf))
       AND (pr.per_customer_limit IS NULL OR nth.free IS NOT NULL)),`,
  allTaken: ' AND (SELECT count(*) FROM pk) = cardinality($48::uuid[])',
  used: `,
   pu AS (
     UPDATE promotions SET uses = promotions.uses + 1
     FROM pk CROSS JOIN n WHERE promotions.id = pk.id AND pk.usage_limit IS NOT NULL),
   pi AS (
     INSERT INTO promotion_uses (sale_id, promotion_id, customer, nth, amount, used_at)
     SELECT n.id, pk.id, CASE WHEN pk.nth IS NOT NULL THEN $51::uuid END, pk.nth, pk.amount, n.placed_at
     FROM pk CROSS JOIN n)`,
  coupon: '$52::text',
} as const;

/**
 * A place among the open sales of its buyer, of which there are `most_open`. They are looked through from `first_place` on,
 * so that those who look at the same time seldom find the same one: where they do, the unique index refuses the second.
 * `OFFSET 0` keeps the planner from joining with all open sales rather than looking one place up after another.
 */
const OPEN_PLACE = `
       SELECT x.place FROM (
         SELECT 1 + (q.first_place + g.i) % q.most_open AS place
         FROM (SELECT generate_series(0, q.most_open - 1) AS i) g) x
       WHERE NOT EXISTS (SELECT FROM sales o
         WHERE o.status = 'pending' AND coalesce(o.user_id, o.cart_id) = coalesce(q.user_id, q.cart_id)
           AND o.open_place = x.place OFFSET 0)
       LIMIT 1`;

/**
 * How sales are written: those of the same moment together, waiting for nobody; one by itself; or one within a transaction
 * that has locked its products.
 */
export type Manner = 'batch' | 'alone' | 'within';

/**
 * How the turn of a product is had. Checkouts take turns before they lock rows: whoever has locked the newest version of a
 * row still comes to it by the one that its statement began with, and where carts are just being filled with the product,
 * PostgreSQL makes them queue there, behind those who wait for them.
 */
const TURN: Readonly<Record<Manner, string>> = {
  batch: 'pg_try_advisory_xact_lock(7236411, key)',
  alone: 'pg_advisory_xact_lock(7236411, key) IS NOT NULL',
  within: 'true',
};

/** What nobody could have known who priced a cart as it was shown: that something has come that takes off or adds to it. */
const TERMS: Readonly<Record<Manner, string>> = {
  batch: ` AND NOT (w.as_shown AND (SELECT ${CHARGED} OR ${DISCOUNTED}))`,
  alone: '',
  within: '',
};

/** Of a customer whose quote was not read, it is that of the account. */
const EMAIL = 'coalesce(email, (SELECT u.email FROM users u WHERE u.id = user_id))';

/** A JSON text with an empty number, as its sale is to have it. */
const numbered = (json: string): string => `replace(${json}, '"number":""', '"number":"' || number || '"')`;

/**
 * Whole checkouts, as many as are asked for at the same time, in one statement: one entry a sale in each of $1 to $31 and
 * one a line in each of $32 to $44, of which $32 tells whose it is by its place in the others. $45 is the currency of all.
 * $46 and $47 tell whether nobody waits for the events of sales, and of stock: those are written as published.
 *
 * Numbers are drawn for those that pass the gate. The answers and the events, which were written before, have an empty
 * one, which is filled in.
 *
 * Rows are locked in the order that all of Tradepost keeps: carts, then products, then promotions, then idempotency
 * keys, each by id. A batch waits for none: whoever holds a product must not hold up those who want another. A gate says
 * of each sale whether its cart is still at the version that was priced (a guest's, by which the sale is found, also where
 * something else is sold), every line still for sale at its price and in
 * stock after those before it in the batch, and whether its buyer may have another open sale; of one that was priced from
 * a cart as it was shown ($2) also that the shop has nothing that would make it cost more or less. Every write hangs off the
 * idempotency record, which hangs off the gate, so that what is refused writes nothing; it is not in `sold`, and its
 * caller looks again. PostgreSQL's re-check of rows that changed while they were waited for may drop one: the guard
 * divides by zero when fewer products were updated than sold, and the caller tries again.
 *
 * There are always so few sales and lines, and saying so makes the planner expect one or two of them rather than ten, and
 * so keep one plan for all batches over planning each anew, which costs as much as the statement itself.
 */
function place(manner: Manner, promoted: boolean): Statement {
  const promotions = promoted ? PROMOTIONS : { taken: '', allTaken: '', used: '', coupon: 'NULL' };
  const patience = manner === 'batch' ? ' SKIP LOCKED' : '';
  return statement(
    `checkout.place.${manner}${promoted ? '.promoted' : ''}`,
    `WITH q AS MATERIALIZED (
     SELECT * FROM unnest($1::uuid[], $2::boolean[], $3::uuid[], $4::uuid[], $5::int[], $6::boolean[], $7::text[],
       $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::jsonb[], $14::text[],
       $15::timestamptz[], $16::timestamptz[], $17::boolean[], $18::bigint[], $19::int[], $20::int[], $21::int[],
       $22::int[], $23::uuid[], $24::text[], $25::uuid[], $26::text[], $27::uuid[], $28::text[], $29::bytea[],
       $30::smallint[], $31::text[]) WITH ORDINALITY
       AS q(id, as_shown, user_id, cart_id, cart_version, checks_out, email, subtotal, discount, shipping, tax, total,
         address, shipping_method, placed_at, expires_at, includes_tax, shipping_tax, shipping_tax_rate, most_open,
         first_place, lines, history_id, actor, event_id, event, caller, key, hash, status, body, ord)
     WHERE ord BETWEEN 1 AND 1000),
   l AS MATERIALIZED (
     SELECT * FROM unnest($32::int[], $33::int[], $34::uuid[], $35::int[], $36::bigint[], $37::text[], $38::text[],
       $39::bigint[], $40::bigint[], $41::bigint[], $42::int[], $43::uuid[], $44::uuid[])
       AS l(ord, line_no, product_id, quantity, price, sku, name, discount, tax, included_tax, tax_rate, movement_id,
         event_id)
     WHERE l.quantity > 0 AND l.price >= 0),
   c AS MATERIALIZED (
     SELECT carts.id FROM q JOIN carts ON carts.id = q.cart_id AND carts.version = q.cart_version
     ORDER BY carts.id FOR NO KEY UPDATE OF carts${patience}),
   w AS MATERIALIZED (
     SELECT q.*, r.place FROM q LEFT JOIN LATERAL (${OPEN_PLACE}) r ON q.most_open > 0
     WHERE q.cart_id IS NULL OR q.cart_id IN (SELECT id FROM c)),
   x AS MATERIALIZED (
     SELECT key, ${TURN[manner]} AS had FROM (
       SELECT DISTINCT uuid_hash(l.product_id) AS key FROM l JOIN w ON w.ord = l.ord ORDER BY key) k),
   p AS MATERIALIZED (
     SELECT id, sku, name, stock, price, currency, active AND archived_at IS NULL AS active, next_price_change_at
     FROM products
     WHERE id IN (SELECT l.product_id FROM l JOIN x ON x.key = uuid_hash(l.product_id) AND x.had)
     ORDER BY id FOR NO KEY UPDATE OF products${patience}),${promotions.taken}
   a AS MATERIALIZED (
     SELECT l.*, p.stock, sum(l.quantity) OVER (PARTITION BY l.product_id ORDER BY l.ord) AS wanted,
       p.active AND p.price = l.price AND p.currency = $45::text AND p.sku = l.sku AND p.name = l.name
         AND coalesce(p.next_price_change_at > w.placed_at, true) AS as_priced
     FROM l JOIN w ON w.ord = l.ord JOIN p ON p.id = l.product_id),
   g AS MATERIALIZED (
     SELECT w.*, 'S-' || nextval('sale_number_seq') AS number FROM w
     WHERE (w.most_open = 0 OR w.place IS NOT NULL)${TERMS[manner]}
       AND (SELECT count(*) FROM a WHERE a.ord = w.ord AND a.as_priced AND a.wanted <= a.stock) = w.lines${promotions.allTaken}),
   i AS (
     INSERT INTO idempotency_keys (caller, key, request_hash, status, body, created_at)
     SELECT caller, key, hash, status, ${numbered('body')}, placed_at FROM g WHERE key IS NOT NULL ORDER BY caller, key
     ON CONFLICT (caller, key) DO NOTHING RETURNING caller, key),
   n AS MATERIALIZED (
     SELECT * FROM g WHERE key IS NULL OR (caller, key) IN (SELECT caller, key FROM i)),
   s AS (
     INSERT INTO sales (id, number, user_id, cart_id, email, status, payment_status, currency, subtotal, discount,
       shipping, tax, total, shipping_method, delivery_address, placed_at, updated_at, expires_at, prices_include_tax,
       shipping_tax, shipping_tax_rate, open_place, coupon_code)
     SELECT id, number, user_id, cart_id, ${EMAIL}, 'pending', 'pending', $45::text, subtotal, discount, shipping, tax,
       total, shipping_method, address, placed_at, placed_at, expires_at, includes_tax, shipping_tax,
       shipping_tax_rate, place, ${promotions.coupon}
     FROM n ORDER BY coalesce(user_id, cart_id)),
   t AS MATERIALIZED (
     SELECT a.*, n.id AS sale_id, (a.stock - sum(a.quantity) OVER line)::int AS level, max(n.placed_at) OVER line AS at
     FROM a JOIN n ON n.ord = a.ord WINDOW line AS (PARTITION BY a.product_id ORDER BY a.ord)
     ORDER BY a.product_id, a.ord),
   u AS (
     UPDATE products SET stock = products.stock - d.quantity, version = products.version + 1, updated_at = d.at
     FROM (SELECT product_id, sum(quantity)::int AS quantity, max(at) AS at FROM t GROUP BY product_id) d
     WHERE products.id = d.product_id RETURNING products.id, products.stock, products.version, products.updated_at, d.quantity),
   m AS (
     INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, sale_id, created_at)
     SELECT movement_id, product_id, -quantity, level, 'sale', sale_id, at FROM t),
   it AS (
     INSERT INTO sale_items (sale_id, line_no, product_id, sku, name, unit_price, quantity, discount, tax, line_total,
       included_tax, tax_rate)
     SELECT sale_id, line_no, product_id, sku, name, price, quantity, discount, tax, price * quantity, included_tax,
       tax_rate FROM t),
   h AS (
     INSERT INTO sale_history (id, sale_id, to_status, actor, at)
     SELECT history_id, id, 'pending', actor, placed_at FROM n),
   o AS (
     INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at, published_at)
     SELECT event_id, 'sale.placed', id, ${numbered('event')}::jsonb, placed_at, CASE WHEN $46::boolean THEN placed_at END
     FROM n
     UNION ALL
     SELECT event_id, 'stock.changed', product_id, jsonb_build_object('productId', product_id, 'stock', level,
       'delta', -quantity, 'reason', 'sale', 'saleId', sale_id), at, CASE WHEN $47::boolean THEN at END FROM t),
   cu AS (
     UPDATE carts SET version = carts.version + 1, updated_at = n.placed_at, coupon_code = NULL
     FROM n WHERE n.checks_out AND carts.id = n.cart_id),
   cd AS (DELETE FROM cart_items USING n WHERE n.checks_out AND cart_items.cart_id = n.cart_id)${promotions.used}
   SELECT (SELECT coalesce(json_object_agg(ord, number), '{}') FROM n) AS sold,
     (SELECT coalesce(json_agg(ord), '[]') FROM w WHERE most_open > 0 AND place IS NULL) AS crowded,
     (SELECT json_agg(json_build_object('productId', id, 'stock', stock, 'delta', -quantity, 'version', version,
       'updatedAt', (extract(epoch FROM updated_at) * 1000)::bigint)) FROM u) AS levels,
     1 / (CASE WHEN (SELECT count(*) FROM u) = (SELECT count(DISTINCT product_id) FROM t) THEN 1 ELSE 0 END) AS guard`,
  );
}

const both = (manner: Manner) => ({ plain: place(manner, false), promoted: place(manner, true) }) as const;

/** In each manner, without promotions and, of one sale, with those that have a part in it. */
export const PLACE = { batch: both('batch'), alone: both('alone'), within: both('within') } as const;
