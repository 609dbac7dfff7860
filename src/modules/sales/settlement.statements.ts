import { type Statement, statement } from '../../platform/database/statement.js';

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
 * Settles a payment that the provider completed: $1 sale, $2 payment, $3 reference, $4 now, $5 history id, $6 event
 * id, $7 event data, $8 actor. A sale that is no longer pending is left alone, and nothing is settled.
 */
function settle(keyed: boolean): Statement {
  return statement(
    keyed ? 'settlement.settle.keyed' : 'settlement.settle',
    `WITH s AS MATERIALIZED (SELECT id, status FROM sales WHERE id = $1::uuid FOR NO KEY UPDATE),
     p AS (
       UPDATE payments SET status = 'completed', provider_ref = $3::text, updated_at = $4::timestamptz
       FROM s WHERE payments.id = $2::uuid AND payments.sale_id = s.id AND payments.status = 'pending'
         AND s.status = 'pending' RETURNING payments.id),
     c AS (
       UPDATE sales SET status = 'confirmed', payment_status = 'completed', expires_at = NULL, updated_at = $4::timestamptz
       FROM p WHERE sales.id = $1::uuid RETURNING sales.id),
     h AS (
       INSERT INTO sale_history (id, sale_id, from_status, to_status, actor, at)
       SELECT $5::uuid, c.id, 'pending', 'confirmed', $8::text, $4::timestamptz FROM c),
     o AS (
       INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at)
       SELECT $6::uuid, 'sale.confirmed', c.id, $7::jsonb, $4::timestamptz FROM c)
     ${keyed ? `, i AS (${record('c', 9, 201)})` : ''}
     SELECT count(*)::int AS settled FROM c`,
  );
}

export const SETTLE = settle(false);
export const SETTLE_KEYED = settle(true);

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
