import { statement } from '../../../platform/database/statement.js';
import { STANDARD } from '../../taxes/taxes.events.js';

/** Products of a draft, locked in the order that all of Tradepost keeps, as they are once nobody changes them. */
export const HOLD_PRODUCTS = statement(
  'drafts.holdProducts',
  `SELECT id, sku, name, price, currency, stock, weight, nullif(tax_category, '${STANDARD}') AS tax_category,
     active AND archived_at IS NULL AS for_sale
   FROM products WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
);
export const OPEN_PAYMENT = statement(
  'drafts.openPayment',
  `SELECT EXISTS (SELECT FROM payments WHERE sale_id = $1::uuid AND status IN ('pending', 'completed', 'refunded')) AS open`,
);
export const DROP_ITEMS = statement('drafts.dropItems', 'DELETE FROM sale_items WHERE sale_id = $1::uuid');
/**
 * Writes a sale anew, whose products are locked and whose old lines are gone: $1 sale, $2 now, $3 subtotal, $4 discount,
 * $5 shipping, $6 tax, $7 total, $8 coupon, $9 address, of the lines $10 products, $11 quantities, $12 prices, $13 SKUs,
 * $14 names, $15 discounts, $16 taxes, and of the products of which it takes more or less $17 ids, $18 how many more,
 * $19 movements, $20 events, $21 the member of staff, $22 the shipping method, $23 whether prices include tax, of the
 * shipping $24 its tax and $25 the rate of that, and of the lines $26 the included taxes and $27 the rates.
 */
export const REWRITE = statement(
  'drafts.rewrite',
  `WITH s AS (
     UPDATE sales SET subtotal = $3::bigint, discount = $4::bigint, shipping = $5::bigint, tax = $6::bigint,
       total = $7::bigint, coupon_code = $8::text, delivery_address = $9::jsonb, shipping_method = $22::text,
       prices_include_tax = $23::boolean, shipping_tax = $24::bigint, shipping_tax_rate = $25::int
     WHERE id = $1::uuid),
   it AS (
     INSERT INTO sale_items (sale_id, line_no, product_id, sku, name, unit_price, quantity, discount, tax, line_total,
       included_tax, tax_rate)
     SELECT $1::uuid, l.line_no, l.product_id, l.sku, l.name, l.price, l.quantity, l.discount, l.tax, l.price * l.quantity,
       l.included_tax, l.tax_rate
     FROM unnest($10::uuid[], $11::int[], $12::bigint[], $13::text[], $14::text[], $15::bigint[], $16::bigint[],
       $26::bigint[], $27::int[]) WITH ORDINALITY
       AS l(product_id, quantity, price, sku, name, discount, tax, included_tax, tax_rate, line_no)),
   u AS (
     UPDATE products p SET stock = p.stock - d.more, version = p.version + 1, updated_at = $2::timestamptz
     FROM unnest($17::uuid[], $18::int[], $19::uuid[], $20::uuid[]) AS d(product_id, more, movement_id, event_id)
     WHERE p.id = d.product_id RETURNING p.id, p.stock, d.more, d.movement_id, d.event_id),
   m AS (
     INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, sale_id, actor_id, created_at)
     SELECT u.movement_id, u.id, -u.more, u.stock, 'sale', $1::uuid, $21::uuid, $2::timestamptz FROM u)
   INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at)
   SELECT u.event_id, 'stock.changed', u.id, jsonb_build_object('productId', u.id, 'stock', u.stock, 'delta', -u.more,
     'reason', 'sale', 'saleId', $1::uuid), $2::timestamptz FROM u`,
);
/** Says in the history that a sale was edited: $1 sale, $2 entry, $3 actor, $4 note, $5 now, $6 its new end, if any. */
export const NOTE_EDIT = statement(
  'drafts.noteEdit',
  `WITH s AS (
     UPDATE sales SET updated_at = $5::timestamptz, expires_at = coalesce($6::timestamptz, expires_at)
     WHERE id = $1::uuid RETURNING id)
   INSERT INTO sale_history (id, sale_id, from_status, to_status, actor, note, at)
   SELECT $2::uuid, s.id, 'pending', 'pending', $3::text, $4::text, $5::timestamptz FROM s`,
);
