import { type Statement, statement } from '../../../platform/database/statement.js';
import { issuing } from '../../invoices/issuing.api.js';

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
     e.provider_ref AS open_ref, e.updated_at AS open_since
   FROM (SELECT 1) one LEFT JOIN stored ON true LEFT JOIN s ON true LEFT JOIN p ON true
     LEFT JOIN payments e ON e.sale_id = s.id AND e.status = 'pending'`,
);

/** The record of an answer, in the statement of its effect; parameters from `$from` on. */
const record = (source: string, from: number, status: number): string =>
  `INSERT INTO idempotency_keys (caller, key, request_hash, status, body, created_at)
   SELECT $${from}::uuid, $${from + 1}::text, $${from + 2}::bytea, ${status}, $${from + 3}::text, $4::timestamptz
   FROM ${source} ON CONFLICT (caller, key) DO NOTHING`;

/** An amount in minor units as the decimal string of a currency with `digits` of them. */
const money = (minor: string, digits: string): string =>
  `round(${minor}::numeric / 10::numeric ^ ${digits}, ${digits})::text`;

/**
 * Settles payments that providers completed, and issues the invoices: one entry a payment in each array. $1 sales, $2
 * payments, $3 references, $4 now, $5 history ids, $6 event ids, $7 event data, $8 actors, $9 invoice ids, $10 invoice
 * event ids, $11 year, $12 seller, of those that carry an idempotency key $13 callers, $14 keys, $15 hashes, and $16
 * answers. Of those whose payment is opened here, because its provider decides without asking anyone, $17 providers,
 * $18 methods, $19 users, $20 guests' carts, $21 the currencies that the sales must be in and $22 their digits; their
 * answers have an empty amount, which is filled in. $23 tells whether nobody waits for the events of invoices, $24 are
 * notes for the history.
 *
 * A sale that is no longer pending, or that may not be paid so, is left alone: its id is not in the answer. Sales are
 * locked by id, as everywhere; the guard divides by zero where PostgreSQL's re-check has dropped a row that changed
 * while it was waited for, or where another payment was opened meanwhile, and the caller tries again. What must not be
 * there is asked for row by row: as an anti join, which the planner makes of NOT EXISTS, it reads the whole index. That
 * a batch has at most so many members makes it expect one rather than ten, and keep one plan for all. `p` has no joins,
 * and hides the status from the partial indexes: while there are few payments, any way to find them looks the same to the
 * planner, and a connection that walks a whole index goes on to.
 */
export const SETTLE = statement(
  'settlement.settle',
  `WITH q AS MATERIALIZED (
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $5::uuid[], $6::uuid[], $7::jsonb[], $8::text[],
       $9::uuid[], $10::uuid[], $13::uuid[], $14::text[], $15::bytea[], $16::text[], $17::text[], $18::text[],
       $19::uuid[], $20::uuid[], $21::text[], $22::int[], $24::text[]) WITH ORDINALITY
       AS q(sale_id, payment_id, reference, history_id, confirmed_id, data, actor, invoice_id, event_id, caller, key,
         hash, answer, provider, method, payer_id, payer_cart_id, priced_in, digits, note, ord)
     WHERE ord BETWEEN 1 AND 1000),
   s AS MATERIALIZED (
     SELECT * FROM sales WHERE id IN (SELECT sale_id FROM q) ORDER BY id FOR NO KEY UPDATE OF sales),
   p AS (
     UPDATE payments SET status = 'completed', updated_at = $4::timestamptz,
       provider_ref = (SELECT q.reference FROM q WHERE q.payment_id = payments.id)
     WHERE id = ANY (ARRAY(SELECT q.payment_id FROM q JOIN s ON s.id = q.sale_id
                           WHERE q.provider IS NULL AND s.status = 'pending'))
       AND sale_id = (SELECT q.sale_id FROM q WHERE q.payment_id = payments.id)
       AND nullif(status, 'pending') IS NULL RETURNING sale_id),
   payable AS MATERIALIZED (
     SELECT q.*, s.total, s.currency,
       replace(q.answer, '"amount":""', '"amount":"' || ${money('s.total', 'q.digits')} || '"') AS body
     FROM q JOIN s ON s.id = q.sale_id
     WHERE q.provider IS NOT NULL AND s.status = 'pending' AND s.expires_at > $4::timestamptz AND s.currency = q.priced_in
       AND (s.user_id = q.payer_id OR (s.user_id IS NULL AND s.cart_id = q.payer_cart_id))
       AND (SELECT o.id FROM payments o
            WHERE o.sale_id = s.id AND o.status IN ('pending', 'completed', 'refunded') LIMIT 1) IS NULL
       AND (SELECT k.caller FROM idempotency_keys k WHERE k.caller = q.caller AND k.key = q.key LIMIT 1) IS NULL),
   keyed AS (
     INSERT INTO idempotency_keys (caller, key, request_hash, status, body, created_at)
     SELECT caller, key, hash, 201, body, $4::timestamptz FROM payable WHERE key IS NOT NULL
     ON CONFLICT (caller, key) DO NOTHING RETURNING caller, key),
   mine AS MATERIALIZED (
     SELECT * FROM payable WHERE key IS NULL OR (caller, key) IN (SELECT caller, key FROM keyed)),
   opened AS (
     INSERT INTO payments (id, sale_id, provider, method, amount, refunded_amount, currency, status, provider_ref,
       created_at, updated_at)
     SELECT payment_id, sale_id, provider, method, total, 0, currency, 'completed', reference, $4::timestamptz,
       $4::timestamptz FROM mine
     ON CONFLICT (sale_id) WHERE status IN ('pending', 'completed', 'refunded') DO NOTHING RETURNING sale_id),
   paid AS (SELECT sale_id FROM p UNION ALL SELECT sale_id FROM opened),
   c AS (
     UPDATE sales SET status = 'confirmed', payment_status = 'completed', expires_at = NULL, updated_at = $4::timestamptz
     FROM paid WHERE sales.id = paid.sale_id RETURNING sales.id),
   issuing AS MATERIALIZED (
     SELECT q.*, s.number, s.user_id, s.cart_id, s.email, s.currency, s.subtotal, s.discount, s.shipping, s.tax, s.total,
       s.delivery_address, NULL::uuid AS refund_id, row_number() OVER (ORDER BY q.ord)::int AS rn
     FROM c JOIN s ON s.id = c.id JOIN q ON q.sale_id = c.id),
   h AS (
     INSERT INTO sale_history (id, sale_id, from_status, to_status, actor, note, at)
     SELECT history_id, sale_id, 'pending', 'confirmed', actor, note, $4::timestamptz FROM issuing),
   o AS (
     INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at)
     SELECT confirmed_id, 'sale.confirmed', sale_id, coalesce(data, jsonb_build_object('saleId', sale_id, 'number', number,
       'userId', user_id, 'status', 'confirmed', 'currency', currency, 'total', ${money('total', 'digits')})),
       $4::timestamptz FROM issuing),
   i AS (
     INSERT INTO idempotency_keys (caller, key, request_hash, status, body, created_at)
     SELECT caller, key, hash, 201, answer, $4::timestamptz FROM issuing WHERE provider IS NULL AND key IS NOT NULL
     ON CONFLICT (caller, key) DO NOTHING),
   ${issuing('invoice', { now: '$4', year: '$11', seller: '$12', unawaited: '$23' })}
   SELECT issuing.sale_id, coalesce(mine.body, issuing.answer) AS answer, guard.*
   FROM (SELECT
       1 / (CASE WHEN (SELECT count(*) FROM paid) = (SELECT count(*) FROM invoiced) THEN 1 ELSE 0 END) AS paid_guard,
       1 / (CASE WHEN (SELECT count(*) FROM mine) = (SELECT count(*) FROM opened) THEN 1 ELSE 0 END) AS opened_guard
     ) guard
     LEFT JOIN issuing ON true LEFT JOIN mine ON mine.ord = issuing.ord`,
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
       UPDATE payments SET status = $5::text, provider_ref = coalesce($3::text, provider_ref), failure_code = $6::text,
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
