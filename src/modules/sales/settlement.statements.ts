import { type Statement, statement } from '../../platform/database/statement.js';
import { issuing } from '../invoices/issuing.api.js';

/**
 * Starts a payment: $1 sale, $2 user, $3 guest's cart, $4 payment id, $5 provider, $6 method, $7 now, $8 caller, $9
 * key. The row is there before the provider is asked, so that no charge can go unnoticed; the partial unique index
 * refuses a second open one.
 */
export const OPEN_PAYMENT = statement(
  'settlement.open',
  `WITH stored AS (SELECT request_hash, status, body FROM idempotency_keys WHERE caller = $8::uuid AND key = $9::text),
   s AS MATERIALIZED (
     SELECT id, number, user_id, status, total, currency, expires_at FROM sales
     WHERE id = $1::uuid AND (user_id = $2::uuid OR (user_id IS NULL AND cart_id = $3::uuid))
       AND NOT EXISTS (SELECT FROM stored) FOR NO KEY UPDATE),
   p AS (
     INSERT INTO payments (id, sale_id, provider, method, amount, refunded_amount, currency, status, created_at, updated_at)
     SELECT $4::uuid, s.id, $5::text, $6::text, s.total, 0, s.currency, 'pending', $7::timestamptz, $7::timestamptz
     FROM s WHERE s.status = 'pending' AND s.expires_at > $7::timestamptz
     ON CONFLICT (sale_id) WHERE status IN ('pending', 'completed', 'refunded') DO NOTHING RETURNING id)
   SELECT stored.request_hash, stored.status AS stored_status, stored.body, s.id, s.number, s.user_id, s.status, s.total,
     s.currency, s.expires_at, p.id AS opened, e.id AS open_id, e.provider AS open_provider, e.method AS open_method,
     e.provider_ref AS open_ref, e.created_at AS open_since
   FROM (SELECT 1) one LEFT JOIN stored ON true LEFT JOIN s ON true LEFT JOIN p ON true
     LEFT JOIN payments e ON e.sale_id = s.id AND e.status = 'pending'`,
);

/** The record of an answer, in the statement of its effect; parameters from `$from` on. */
const record = (source: string, from: number, status: number): string =>
  `INSERT INTO idempotency_keys (caller, key, request_hash, status, body, created_at)
   SELECT $${from}::uuid, $${from + 1}::text, $${from + 2}::bytea, ${status}, $${from + 3}::text, $4::timestamptz
   FROM ${source} ON CONFLICT (caller, key) DO NOTHING`;

/**
 * Settles payments that providers completed, and issues the invoices: one entry a payment in each array. $1 sales, $2
 * payments, $3 references, $4 now, $5 history ids, $6 event ids, $7 event data, $8 actors, $9 invoice ids, $10 invoice
 * event ids, $11 year, $12 seller, and of those that carry an idempotency key $13 callers, $14 keys, $15 hashes, $16
 * answers. A sale that is no longer pending is left alone: its id is not in the answer. Sales are locked by id, as
 * everywhere; the guard divides by zero where PostgreSQL's re-check has dropped a row that changed while it was
 * waited for, and the caller tries again.
 */
export const SETTLE = statement(
  'settlement.settle',
  `WITH q AS MATERIALIZED (
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $5::uuid[], $6::uuid[], $7::jsonb[], $8::text[],
       $9::uuid[], $10::uuid[], $13::uuid[], $14::text[], $15::bytea[], $16::text[]) WITH ORDINALITY
       AS q(sale_id, payment_id, reference, history_id, confirmed_id, data, actor, invoice_id, event_id, caller, key,
         hash, answer, ord)),
   s AS MATERIALIZED (SELECT * FROM sales WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE),
   p AS (
     UPDATE payments SET status = 'completed', provider_ref = q.reference, updated_at = $4::timestamptz
     FROM q JOIN s ON s.id = q.sale_id
     WHERE payments.id = q.payment_id AND payments.sale_id = s.id AND payments.status = 'pending'
       AND s.status = 'pending' RETURNING payments.sale_id),
   c AS (
     UPDATE sales SET status = 'confirmed', payment_status = 'completed', expires_at = NULL, updated_at = $4::timestamptz
     FROM p WHERE sales.id = p.sale_id RETURNING sales.id),
   issuing AS MATERIALIZED (
     SELECT q.*, s.number, s.user_id, s.cart_id, s.email, s.currency, s.subtotal, s.discount, s.shipping, s.tax, s.total,
       s.delivery_address, NULL::uuid AS refund_id, row_number() OVER (ORDER BY q.ord)::int AS rn
     FROM c JOIN s ON s.id = c.id JOIN q ON q.sale_id = c.id),
   h AS (
     INSERT INTO sale_history (id, sale_id, from_status, to_status, actor, at)
     SELECT history_id, sale_id, 'pending', 'confirmed', actor, $4::timestamptz FROM issuing),
   o AS (
     INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at)
     SELECT confirmed_id, 'sale.confirmed', sale_id, data, $4::timestamptz FROM issuing),
   i AS (
     INSERT INTO idempotency_keys (caller, key, request_hash, status, body, created_at)
     SELECT caller, key, hash, 201, answer, $4::timestamptz FROM issuing WHERE key IS NOT NULL
     ON CONFLICT (caller, key) DO NOTHING),
   ${issuing('invoice', { now: '$4', year: '$11', seller: '$12' })}
   SELECT sale_id, 1 / (CASE WHEN (SELECT count(*) FROM p) = (SELECT count(*) FROM invoiced) THEN 1 ELSE 0 END) AS guard
   FROM issuing`,
);

/**
 * Notes that the provider declined a payment, or has not decided yet: $1 sale, $2 payment, $3 reference, $4 now, $5
 * status, $6 failure code.
 */
function note(keyed: boolean): Statement {
  return statement(
    keyed ? 'settlement.note.keyed' : 'settlement.note',
    `WITH s AS MATERIALIZED (SELECT id, status FROM sales WHERE id = $1::uuid FOR NO KEY UPDATE),
     p AS (
       UPDATE payments SET status = $5::text, provider_ref = $3::text, failure_code = $6::text,
         updated_at = $4::timestamptz
       FROM s WHERE payments.id = $2::uuid AND payments.status = 'pending' RETURNING payments.id),
     c AS (
       UPDATE sales SET payment_status = $5::text, updated_at = $4::timestamptz
       FROM p, s WHERE sales.id = s.id AND s.status = 'pending')
     ${keyed ? `, i AS (${record('p', 7, 201)})` : ''}
     SELECT count(*)::int AS noted FROM p`,
  );
}

export const NOTE = note(false);
export const NOTE_KEYED = note(true);
