import { statement } from '../../../platform/database/statement.js';

/** Apart from what follows, so that this starts from rows that nobody else can be changing. */
export const HOLD_SALE = statement('refunds.holdSale', 'SELECT id FROM sales WHERE id = $1::uuid FOR NO KEY UPDATE');

/** What was paid for a sale and for its shipping, and what of that is given back already. */
export const REFUNDABLE = statement(
  'refunds.refundable',
  `SELECT s.currency, s.shipping, s.tax, p.id AS payment_id, coalesce(p.amount - p.refunded_amount, 0) AS left_over,
     r.shipping AS refunded_shipping, r.tax AS refunded_tax
   FROM sales s LEFT JOIN payments p ON p.sale_id = s.id AND p.status = 'completed'
   CROSS JOIN LATERAL (
     SELECT coalesce(sum(shipping), 0)::bigint AS shipping, coalesce(sum(tax), 0)::bigint AS tax FROM refunds
     WHERE sale_id = s.id AND status <> 'failed') r
   WHERE s.id = $1::uuid`,
);
export const REFUNDABLE_LINES = statement(
  'refunds.refundableLines',
  `SELECT i.line_no, i.product_id, i.unit_price, i.quantity, i.line_total - i.discount AS net, i.tax, i.refunded_units,
     coalesce(g.net, 0)::bigint AS refunded_net, coalesce(g.tax, 0)::bigint AS refunded_tax
   FROM sale_items i LEFT JOIN (
     SELECT t.line_no, sum(t.line_total - t.discount) AS net, sum(t.tax) AS tax
     FROM refund_items t JOIN refunds r ON r.id = t.refund_id
     WHERE t.sale_id = $1::uuid AND r.status <> 'failed' GROUP BY t.line_no) g ON g.line_no = i.line_no
   WHERE i.sale_id = $1::uuid ORDER BY i.line_no`,
);

/**
 * Takes down a refund that is to be paid out: $1 id, $2 sale, $3 payment, $4 amount, $5 subtotal, $6 discount, $7
 * shipping, $8 tax, $9 reason, $10 now, and of each item $11 line, $12 units, $13 unit price, $14 quantity, $15
 * discount, $16 tax. The constraints of payments and of sale items stand behind the plan that it comes from.
 */
export const OPEN = statement(
  'refunds.open',
  `WITH p AS (
     UPDATE payments SET refunded_amount = refunded_amount + $4::bigint, updated_at = $10::timestamptz
     WHERE id = $3::uuid AND sale_id = $2::uuid AND status = 'completed' RETURNING id, currency),
   r AS (
     INSERT INTO refunds (id, payment_id, sale_id, amount, subtotal, discount, shipping, tax, currency, status, reason,
       created_at, updated_at)
     SELECT $1::uuid, p.id, $2::uuid, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::bigint, p.currency, 'pending',
       $9::text, $10::timestamptz, $10::timestamptz FROM p RETURNING id),
   l AS MATERIALIZED (
     SELECT * FROM unnest($11::int[], $12::int[], $13::bigint[], $14::int[], $15::bigint[], $16::bigint[])
       WITH ORDINALITY AS l(line_no, units, unit_price, quantity, discount, tax, position)),
   t AS (
     INSERT INTO refund_items (refund_id, position, sale_id, line_no, units, unit_price, quantity, discount, tax,
       line_total)
     SELECT r.id, l.position, $2::uuid, l.line_no, l.units, l.unit_price, l.quantity, l.discount, l.tax,
       l.unit_price * l.quantity FROM l CROSS JOIN r),
   u AS (
     UPDATE sale_items i SET refunded_units = i.refunded_units + l.units
     FROM l CROSS JOIN r WHERE i.sale_id = $2::uuid AND i.line_no = l.line_no AND l.units > 0)
   SELECT id FROM r`,
);
/** A provider took money for a sale that had been cancelled: $1 sale, $2 payment, $3 reference, $4 now. */
export const COMPLETE_LATE_PAYMENT = statement(
  'refunds.completeLatePayment',
  `UPDATE payments SET status = 'completed', provider_ref = $3::text, failure_code = NULL, giving_up = false,
     updated_at = $4::timestamptz
   WHERE id = $2::uuid AND sale_id = $1::uuid AND status IN ('pending', 'failed')`,
);
/** Notes that a refund is being tried: nobody else takes it up for a while. */
export const TAKE_UP = statement(
  'refunds.takeUp',
  `WITH r AS (
     UPDATE refunds SET updated_at = $2::timestamptz WHERE id = $1::uuid AND status = 'pending'
     RETURNING id, sale_id, payment_id, amount, currency, provider_ref, created_at)
   SELECT r.id, r.sale_id, r.amount, r.currency, r.provider_ref AS reference, r.created_at AS since, p.provider, p.method,
     p.provider_ref FROM r JOIN payments p ON p.id = r.payment_id`,
);
/** The provider has taken a refund on, and has not paid it out yet. */
export const NOTE_PENDING = statement(
  'refunds.notePending',
  `UPDATE refunds SET provider_ref = $2::text, updated_at = $3::timestamptz WHERE id = $1::uuid AND status = 'pending'`,
);
/** The provider does not pay a refund out: what it held is free again. $2 failure code, $3 reference, $4 now. */
export const FAIL = statement(
  'refunds.fail',
  `WITH r AS (
     UPDATE refunds SET status = 'failed', failure_code = $2::text, provider_ref = coalesce($3::text, provider_ref),
       updated_at = $4::timestamptz WHERE id = $1::uuid AND status = 'pending' RETURNING id, payment_id, amount),
   p AS (
     UPDATE payments SET refunded_amount = refunded_amount - r.amount, updated_at = $4::timestamptz
     FROM r WHERE payments.id = r.payment_id),
   t AS (
     SELECT t.sale_id, t.line_no, sum(t.units)::int AS units FROM refund_items t JOIN r ON r.id = t.refund_id GROUP BY 1, 2),
   u AS (
     UPDATE sale_items i SET refunded_units = i.refunded_units - t.units
     FROM t WHERE i.sale_id = t.sale_id AND i.line_no = t.line_no AND t.units > 0)
   SELECT id FROM r`,
);
export const NOTE_FAILURE_CODE = statement(
  'refunds.noteFailureCode',
  'UPDATE refunds SET failure_code = $2::text, updated_at = $3::timestamptz WHERE id = $1::uuid',
);
/** The sale is held: what of it was completed before is in this statement's view. */
export const COMPLETE = statement(
  'refunds.complete',
  `WITH r AS (
     UPDATE refunds SET status = 'completed', provider_ref = $2::text, updated_at = $3::timestamptz
     WHERE id = $1::uuid AND status = 'pending' RETURNING payment_id, sale_id, amount),
   done AS (
     SELECT p.id, r.sale_id, r.amount, p.amount = r.amount + (
         SELECT coalesce(sum(f.amount), 0) FROM refunds f WHERE f.payment_id = p.id AND f.status = 'completed') AS whole
     FROM r JOIN payments p ON p.id = r.payment_id),
   p AS (
     UPDATE payments SET status = 'refunded', updated_at = $3::timestamptz FROM done
     WHERE payments.id = done.id AND done.whole)
   UPDATE sales SET payment_status = CASE WHEN done.whole THEN 'refunded' ELSE 'partially_refunded' END,
     updated_at = $3::timestamptz
   FROM done WHERE sales.id = done.sale_id
   RETURNING sales.id, sales.number, sales.user_id, sales.status, sales.payment_status, sales.currency, sales.total,
     done.amount AS refunded`,
);
export const PENDING = statement(
  'refunds.pending',
  `SELECT id FROM refunds WHERE status = 'pending' AND updated_at < $1::timestamptz ORDER BY updated_at LIMIT 100`,
);

const COLUMNS = `r.id, r.sale_id, r.amount, r.currency, r.status, r.reason, r.failure_code, r.created_at,
  (SELECT v.id FROM invoices v WHERE v.refund_id = r.id) AS credit_note_id,
  coalesce((SELECT jsonb_agg(jsonb_build_object('productId', i.product_id, 'quantity', t.units,
      'amount', (t.line_total - t.discount + t.tax)::text) ORDER BY t.position)
    FROM refund_items t JOIN sale_items i ON i.sale_id = t.sale_id AND i.line_no = t.line_no
    WHERE t.refund_id = r.id AND t.units > 0), '[]') AS items`;

export const FIND = statement('refunds.find', `SELECT ${COLUMNS} FROM refunds r WHERE r.id = $1::uuid`);
export const LIST = statement(
  'refunds.list',
  `SELECT ${COLUMNS} FROM refunds r WHERE r.sale_id = $1::uuid AND ($2::uuid IS NULL OR r.id < $2::uuid)
   ORDER BY r.id DESC LIMIT $3::int OFFSET $4::int`,
);
export const COUNT = statement('refunds.count', 'SELECT count(*)::int AS count FROM refunds WHERE sale_id = $1::uuid');
