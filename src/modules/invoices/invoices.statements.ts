import { statement } from '../../platform/database/statement.js';
import { issuing } from './issuing.api.js';

/**
 * Issues the credit note of a refund of what was invoiced, once: $1 refund, $2 now, $3 year, $4 seller, $5 id, $6 event
 * id, $7 whether nobody waits for the event.
 */
export const ISSUE_CREDIT_NOTE = statement(
  'invoices.issueCreditNote',
  `WITH issuing AS MATERIALIZED (
     SELECT s.id AS sale_id, s.number, s.user_id, s.cart_id, s.email, r.currency, r.subtotal, r.discount, r.shipping,
       r.tax, r.amount AS total, s.delivery_address, r.id AS refund_id, $5::uuid AS invoice_id, $6::uuid AS event_id, 1 AS rn
     FROM refunds r JOIN sales s ON s.id = r.sale_id
     WHERE r.id = $1::uuid
       AND EXISTS (SELECT FROM invoices v WHERE v.sale_id = s.id AND v.kind = 'invoice')
       AND NOT EXISTS (SELECT FROM invoices v WHERE v.refund_id = r.id)),
   ${issuing('credit_note', { now: '$2', year: '$3', seller: '$4', unawaited: '$7' })}
   SELECT id, number FROM invoiced`,
);
/** Of a guest, what came from the cart whose token hashes to `token`. */
export const ownedBy = (user: string, token: string, of = ''): string =>
  `(${of}user_id = ${user}::uuid
     OR (${of}user_id IS NULL AND ${of}cart_id = (SELECT g.id FROM carts g WHERE g.token_hash = ${token}::bytea)))`;

const COLUMNS = `id, kind, number, sale_id, sale_number, currency, subtotal, discount, shipping, tax, prices_include_tax, shipping_tax,
  shipping_tax_rate, total, seller, buyer, lines, issued_at`;
export const FIND = statement('invoices.find', `SELECT ${COLUMNS} FROM invoices WHERE id = $1::uuid`);
export const FIND_OWNED = statement(
  'invoices.findOwned',
  `SELECT ${COLUMNS} FROM invoices WHERE id = $1::uuid AND ${ownedBy('$2', '$3')}`,
);
export const LIST = statement(
  'invoices.list',
  `SELECT ${COLUMNS} FROM invoices
   WHERE ($1::uuid IS NULL OR user_id = $1::uuid) AND ($2::uuid IS NULL OR id < $2::uuid)
   ORDER BY id DESC LIMIT $3::int OFFSET $4::int`,
);
export const COUNT = statement(
  'invoices.count',
  'SELECT count(*)::int AS count FROM invoices WHERE $1::uuid IS NULL OR user_id = $1::uuid',
);
