import { type Statement, statement } from '../../../platform/database/statement.js';
import { OFFERED } from '../../promotions/promotions.events.js';
import { CHARGED, chargesTo } from '../../shipping/shipping.events.js';
import { STANDARD } from '../../taxes/taxes.events.js';

/** Where it goes: the country of the address that the request brings, or of the saved one. */
const COUNTRY = "coalesce($6::text, a.address ->> 'country')";

/** Whose cart and address are read: a customer's by the user's id, a guest's by the hash of the cart token. */
export type BuyerKind = 'user' | 'guest';
/** What is sold: the buyer's cart, or items that the request names. */
export type LineSource = 'cart' | 'items';

/**
 * Everything that pricing a sale needs, in one round trip: an earlier answer under the same key, the next number, the
 * cart, the address, what shipping there can cost, and a row a line with what the catalogue says of it. An earlier answer
 * brings no lines.
 *
 * $1 caller, $2 key, $3 buyer, $4 address id (null: the default one), $5 whether an address is wanted,
 * $6 the country of the address that the request brings, and for items $7 product ids, $8 quantities.
 */
function quote(buyer: BuyerKind, source: LineSource): Statement {
  const owner = buyer === 'user' ? 'user_id = $3::uuid' : 'token_hash = $3::bytea';
  const contact =
    buyer === 'user'
      ? 'SELECT email, default_shipping_method AS preferred FROM users WHERE id = $3::uuid'
      : 'SELECT NULL::text AS email, NULL::text AS preferred';
  const address =
    buyer === 'user'
      ? `SELECT jsonb_build_object('label', label, 'recipient', recipient, 'line1', line1, 'line2', line2, 'city', city,
           'region', region, 'postalCode', postal_code, 'country', country, 'phone', phone) AS address
         FROM delivery_addresses
         WHERE $5::boolean AND user_id = $3::uuid AND (id = $4::uuid OR ($4::uuid IS NULL AND is_default))`
      : 'SELECT NULL::jsonb AS address WHERE $5::boolean AND $4::uuid IS NULL AND false';
  const lines =
    source === 'cart'
      ? `SELECT ci.product_id, ci.quantity, row_number() OVER (ORDER BY ci.added_at, ci.product_id) AS line_no
         FROM c JOIN cart_items ci ON ci.cart_id = c.id`
      : 'SELECT * FROM unnest($7::uuid[], $8::int[]) WITH ORDINALITY AS asked(product_id, quantity, line_no)';
  return statement(
    `checkout.quote.${buyer}.${source}`,
    `WITH stored AS (SELECT request_hash, status, body FROM idempotency_keys WHERE caller = $1::uuid AND key = $2::text),
     n AS MATERIALIZED (SELECT nextval('sale_number_seq')::text AS number),
     c AS (SELECT id, version, coupon_code FROM carts WHERE ${owner}),
     u AS (${contact}),
     a AS (${address}),
     l AS (${lines})
     SELECT stored.request_hash, stored.status, stored.body, n.number, c.id AS cart_id, c.version AS cart_version,
       c.coupon_code, ${OFFERED}, u.email, u.preferred, a.address,
       CASE WHEN ${CHARGED} AND coalesce(l.line_no, 1) = 1 THEN ${chargesTo(COUNTRY)} END AS charges,
       l.product_id, l.quantity, p.sku, p.name, p.price, p.currency, p.stock, p.weight,
       nullif(p.tax_category, '${STANDARD}') AS tax_category,
       p.next_price_change_at, p.active AND p.archived_at IS NULL AS for_sale
     FROM n LEFT JOIN stored ON true LEFT JOIN c ON true LEFT JOIN u ON true LEFT JOIN a ON true
       LEFT JOIN l ON stored.status IS NULL LEFT JOIN products p ON p.id = l.product_id
     ORDER BY l.line_no`,
  );
}

export const QUOTES: Readonly<Record<BuyerKind, Readonly<Record<LineSource, Statement>>>> = {
  user: { cart: quote('user', 'cart'), items: quote('user', 'items') },
  guest: { cart: quote('guest', 'cart'), items: quote('guest', 'items') },
};

/**
 * What promotions add to a checkout: $38 ids, $39 the versions that were priced, $40 what each takes off, $41 the customer,
 * $42 the coupon. Those with a limit are locked and counted; of others, which may be in every sale, the version is
 * compared and no row is waited for. A limit by customer takes the lowest number that is free: where two at once take
 * the same one, the unique constraint refuses the second.
 */
const PROMOTIONS = {
  taken: `
     q AS MATERIALIZED (
       SELECT q.* FROM unnest($38::uuid[], $39::int[], $40::bigint[]) AS q(id, version, amount)),
     ql AS MATERIALIZED (
       SELECT pr.id, pr.uses FROM promotions pr JOIN q ON q.id = pr.id
       WHERE pr.usage_limit IS NOT NULL AND (SELECT count(*) FROM p) > 0
       ORDER BY pr.id FOR NO KEY UPDATE OF pr),
     k AS MATERIALIZED (
       SELECT q.id, q.amount, pr.usage_limit, nth.free AS nth
       FROM q JOIN promotions pr ON pr.id = q.id AND pr.version = q.version AND pr.active
         LEFT JOIN ql ON ql.id = q.id
         LEFT JOIN LATERAL (
           SELECT min(n) AS free FROM generate_series(1, pr.per_customer_limit) AS n
           WHERE NOT EXISTS (SELECT FROM promotion_uses o
             WHERE o.promotion_id = pr.id AND o.customer = $41::uuid AND o.nth = n)) AS nth ON true
       WHERE (pr.usage_limit IS NULL OR ql.uses < pr.usage_limit)
         AND (pr.per_customer_limit IS NULL OR nth.free IS NOT NULL)),`,
  allTaken: ' AND (SELECT count(*) FROM k) = cardinality($38::uuid[])',
  used: `,
     pu AS (
       UPDATE promotions SET uses = promotions.uses + 1
       FROM k CROSS JOIN i WHERE promotions.id = k.id AND k.usage_limit IS NOT NULL),
     pi AS (
       INSERT INTO promotion_uses (sale_id, promotion_id, customer, nth, amount, used_at)
       SELECT $1::uuid, k.id, CASE WHEN k.nth IS NOT NULL THEN $41::uuid END, k.nth, k.amount, $15::timestamptz
       FROM k CROSS JOIN i)`,
  coupon: '$42::text',
} as const;

/**
 * A place among the open sales of the buyer, of which there are $36; none is needed where that is 0. They are looked through
 * from $37 on, so that those who look at the same time seldom find the same one: where they do, the unique index refuses the
 * second. `OFFSET 0` keeps the planner from joining with all open sales rather than looking one place up after another.
 */
const OPEN_PLACE = `
     r AS MATERIALIZED (
       SELECT n.place FROM (
         SELECT 1 + ($37::int + g.i) % $36::int AS place FROM (SELECT generate_series(0, $36::int - 1) AS i) g) n
       WHERE NOT EXISTS (SELECT FROM sales o
         WHERE o.status = 'pending' AND coalesce(o.user_id, o.cart_id) = coalesce($3::uuid, $4::uuid)
           AND o.open_place = n.place OFFSET 0)
       LIMIT 1),`;

/**
 * A whole checkout in one statement. Rows are locked in the order that all of Tradepost keeps: the cart, then the
 * products by id, then the promotions by id, then the idempotency key. One gate says whether the cart is still at the version that was priced and
 * every line still for sale at its price and in stock; every write hangs off the idempotency record, which hangs off
 * the gate, so that a refusal writes nothing. PostgreSQL's re-check of rows that changed while they were waited for
 * may drop one: the guard divides by zero when fewer products were updated than sold, and the caller tries again.
 *
 * Its lines always have a quantity and a price; saying so makes the planner expect one or two of them rather than ten,
 * and so choose the plan that serves all carts over planning each anew, which costs as much as the statement itself.
 */
function place(keyed: boolean, promoted: boolean): Statement {
  const key = promoted ? 43 : 38;
  const promotions = promoted ? PROMOTIONS : { taken: '', allTaken: '', used: '', coupon: 'NULL' };
  const gate = keyed
    ? `INSERT INTO idempotency_keys (caller, key, request_hash, status, body, created_at)
       SELECT $${key}::uuid, $${key + 1}::text, $${key + 2}::bytea, $${key + 3}::smallint, $${key + 4}::text,
         $15::timestamptz FROM g WHERE g.ok
       ON CONFLICT (caller, key) DO NOTHING RETURNING caller`
    : 'SELECT 1 FROM g WHERE g.ok';
  return statement(
    `checkout.place${promoted ? '.promoted' : ''}${keyed ? '.keyed' : ''}`,
    `WITH l AS MATERIALIZED (
       SELECT * FROM unnest($17::uuid[], $18::int[], $19::bigint[], $20::text[], $21::text[], $22::bigint[],
         $23::bigint[], $24::uuid[], $25::uuid[], $31::bigint[], $32::int[]) WITH ORDINALITY
         AS l(product_id, quantity, price, sku, name, discount, tax, movement_id, event_id, included_tax, tax_rate, line_no)
       WHERE l.quantity > 0 AND l.price >= 0),
     c AS MATERIALIZED (
       SELECT id FROM carts WHERE $30::boolean AND id = $4::uuid AND version = $5::int FOR NO KEY UPDATE),
     p AS MATERIALIZED (
       SELECT p.id, p.stock, p.price AS current_price, p.active AND p.archived_at IS NULL
           AND coalesce(p.next_price_change_at > $15::timestamptz, true) AS for_sale,
         l.quantity, l.price, l.movement_id, l.event_id
       FROM products p JOIN l ON p.id = l.product_id
       WHERE NOT $30::boolean OR (SELECT count(*) FROM c) = 1
       ORDER BY p.id FOR NO KEY UPDATE OF p),${promotions.taken}${OPEN_PLACE}
     g AS MATERIALIZED (
       SELECT count(*) = cardinality($17::uuid[])${promotions.allTaken}
         AND ($36::int = 0 OR EXISTS (SELECT FROM r))
         AND bool_and(p.for_sale AND p.current_price = p.price AND p.stock >= p.quantity) AS ok FROM p),
     i AS (${gate}),
     s AS (
       INSERT INTO sales (id, number, user_id, cart_id, email, status, payment_status, currency, subtotal, discount,
         shipping, tax, total, shipping_method, delivery_address, placed_at, updated_at, expires_at, coupon_code,
         prices_include_tax, shipping_tax, shipping_tax_rate, open_place)
       SELECT $1::uuid, $2::text, $3::uuid, $4::uuid, $6::text, 'pending', 'pending', $7::text, $8::bigint, $9::bigint,
         $10::bigint, $11::bigint, $12::bigint, $14::text, $13::jsonb, $15::timestamptz, $15::timestamptz,
         $16::timestamptz, ${promotions.coupon}, $33::boolean, $34::bigint, $35::int,
         (SELECT place FROM r) FROM i RETURNING id),
     u AS (
       UPDATE products SET stock = products.stock - p.quantity, version = products.version + 1,
         updated_at = $15::timestamptz FROM p CROSS JOIN i WHERE products.id = p.id
       RETURNING products.id, products.stock, products.version, p.quantity, p.movement_id, p.event_id),
     m AS (
       INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, sale_id, created_at)
       SELECT u.movement_id, u.id, -u.quantity, u.stock, 'sale', $1::uuid, $15::timestamptz FROM u),
     it AS (
       INSERT INTO sale_items (sale_id, line_no, product_id, sku, name, unit_price, quantity, discount, tax, line_total,
         included_tax, tax_rate)
       SELECT $1::uuid, l.line_no, l.product_id, l.sku, l.name, l.price, l.quantity, l.discount, l.tax,
         l.price * l.quantity, l.included_tax, l.tax_rate FROM l CROSS JOIN i),
     h AS (
       INSERT INTO sale_history (id, sale_id, to_status, actor, at)
       SELECT $26::uuid, $1::uuid, 'pending', $27::text, $15::timestamptz FROM i),
     o AS (
       INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at)
       SELECT $28::uuid, 'sale.placed', $1::uuid, $29::jsonb, $15::timestamptz FROM i
       UNION ALL
       SELECT u.event_id, 'stock.changed', u.id, jsonb_build_object('productId', u.id, 'stock', u.stock,
         'delta', -u.quantity, 'reason', 'sale', 'saleId', $1::uuid), $15::timestamptz FROM u),
     cu AS (
       UPDATE carts SET version = carts.version + 1, updated_at = $15::timestamptz, coupon_code = NULL
       FROM i WHERE $30::boolean AND carts.id = $4::uuid),
     cd AS (DELETE FROM cart_items USING i WHERE $30::boolean AND cart_items.cart_id = $4::uuid)${promotions.used}
     SELECT (SELECT count(*) FROM s)::int AS sold, $36::int > 0 AND NOT EXISTS (SELECT FROM r) AS crowded,
       (SELECT json_agg(json_build_object('productId', id, 'stock', stock, 'delta', -quantity, 'version', version)) FROM u)
         AS levels,
       1 / (CASE WHEN (SELECT count(*) FROM u) = (SELECT count(*) FROM p CROSS JOIN i) THEN 1 ELSE 0 END) AS guard`,
  );
}

/** By whether there is an idempotency key, and whether promotions have a part in the price. */
export const PLACE = {
  plain: { bare: place(false, false), keyed: place(true, false) },
  promoted: { bare: place(false, true), keyed: place(true, true) },
} as const;
