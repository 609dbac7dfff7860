import { statement } from '../../../platform/database/statement.js';

export const FIND_PAYMENT = statement(
  'payment-decisions.findPayment',
  'SELECT id, sale_id FROM payments WHERE id = $1::uuid AND provider = $2::text',
);
export const FIND_PAYMENT_BY_REFERENCE = statement(
  'payment-decisions.findPaymentByReference',
  'SELECT id, sale_id FROM payments WHERE provider_ref = $1::text AND provider = $2::text',
);
/** Refunds likewise; one that is under way may not have its reference yet. */
export const FIND_REFUND = statement(
  'payment-decisions.findRefund',
  `SELECT r.id, r.sale_id, r.status FROM refunds r JOIN payments p ON p.id = r.payment_id
   WHERE p.provider = $1::text AND (r.id = $2::uuid OR r.provider_ref = $3::text) ORDER BY r.id = $2::uuid DESC LIMIT 1`,
);
/** The payment, and the state of all that decides what becomes of it. Its sale is held. $2 a reference. */
export const STATE = statement(
  'payment-decisions.state',
  `SELECT p.id, p.sale_id, p.provider, p.method, p.status, p.amount, p.currency, p.provider_ref, p.failure_code,
     p.giving_up, p.created_at, s.status AS sale_status, s.number, s.user_id, s.total, s.currency AS sale_currency,
     EXISTS (SELECT FROM payments o WHERE o.sale_id = s.id AND o.id <> p.id
       AND o.status IN ('pending', 'completed', 'refunded')) AS other_open,
     EXISTS (SELECT FROM stray_charges c WHERE c.provider = p.provider AND c.provider_ref = $2::text) AS strayed
   FROM payments p JOIN sales s ON s.id = p.sale_id WHERE p.id = $1::uuid`,
);
export const RECORD_EVENT = statement(
  'payment-decisions.recordEvent',
  `INSERT INTO payment_events (provider, event_id, type, subject_id, received_at)
   VALUES ($1::text, $2::text, $3::text, $4::uuid, $5::timestamptz) ON CONFLICT DO NOTHING RETURNING true AS recorded`,
);
export const SWEEP_EVENTS = statement(
  'payment-decisions.sweepEvents',
  `DELETE FROM payment_events WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM payment_events WHERE received_at < $1::timestamptz LIMIT 1000))`,
);
/** A payment that had failed was completed after all, by the same charge. */
export const REOPEN = statement(
  'payment-decisions.reopen',
  `UPDATE payments SET status = 'pending', failure_code = NULL, giving_up = false, updated_at = $2::timestamptz
   WHERE id = $1::uuid AND status = 'failed'`,
);
export const SET_GIVING_UP = statement(
  'payment-decisions.setGivingUp',
  'UPDATE payments SET giving_up = $2::boolean, updated_at = $3::timestamptz WHERE id = $1::uuid AND giving_up <> $2::boolean',
);
/**
 * Takes up payments that nobody has decided: $1 before when, where the provider has not answered or is to be kept from
 * completing it, $2 before when otherwise, $3 now. Whoever takes them up has them alone for that long.
 */
export const TAKE_UP_PAYMENTS = statement(
  'payment-decisions.takeUp',
  `WITH due AS (
     SELECT id FROM payments WHERE (status = 'pending' OR giving_up)
       AND updated_at < CASE WHEN provider_ref IS NULL OR giving_up THEN $1::timestamptz ELSE $2::timestamptz END
     ORDER BY updated_at LIMIT 50 FOR NO KEY UPDATE SKIP LOCKED)
   UPDATE payments p SET updated_at = $3::timestamptz FROM due WHERE p.id = due.id
   RETURNING p.id, p.sale_id, p.provider, p.method, p.amount, p.currency, p.provider_ref, p.giving_up, p.created_at`,
);

/** $1 id, $2 payment, $3 reference, $4 amount, $5 currency, $6 reason, $7 now. A charge strays once. */
export const OPEN_STRAY = statement(
  'payment-decisions.openStray',
  `INSERT INTO stray_charges (id, payment_id, sale_id, provider, provider_ref, amount, currency, reason, status,
     created_at, updated_at)
   SELECT $1::uuid, p.id, p.sale_id, p.provider, $3::text, $4::bigint, $5::text, $6::text, 'pending', $7::timestamptz,
     $7::timestamptz FROM payments p WHERE p.id = $2::uuid
   ON CONFLICT (provider, provider_ref) DO NOTHING RETURNING id`,
);
export const TAKE_UP_STRAY = statement(
  'payment-decisions.takeUpStray',
  `UPDATE stray_charges c SET updated_at = $2::timestamptz FROM payments p
   WHERE c.id = $1::uuid AND c.status = 'pending' AND p.id = c.payment_id
   RETURNING c.id, c.provider, c.provider_ref, c.amount, c.currency, c.refund_ref, c.created_at, p.method`,
);
/** $1 id, $2 status, $3 reference of the refund, $4 failure code, $5 now. */
export const DECIDE_STRAY = statement(
  'payment-decisions.decideStray',
  `UPDATE stray_charges SET status = $2::text, refund_ref = coalesce($3::text, refund_ref), failure_code = $4::text,
     updated_at = $5::timestamptz WHERE id = $1::uuid AND status = 'pending'`,
);
export const PENDING_STRAYS = statement(
  'payment-decisions.pendingStrays',
  `SELECT id FROM stray_charges WHERE status = 'pending' AND updated_at < $1::timestamptz ORDER BY updated_at LIMIT 100`,
);
export const FIND_STRAY = statement(
  'payment-decisions.findStray',
  `SELECT id, sale_id FROM stray_charges
   WHERE provider = $1::text AND (id = $2::uuid OR refund_ref = $3::text OR provider_ref = $4::text) LIMIT 1`,
);
