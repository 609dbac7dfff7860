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
 * Everything that pricing a sale needs, in one round trip: an earlier answer under the same key, the cart, the address,
 * what shipping there can cost, and a row a line with what the catalogue says of it. An earlier answer brings no lines.
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
     c AS (SELECT id, version, coupon_code FROM carts WHERE ${owner}),
     u AS (${contact}),
     a AS (${address}),
     l AS (${lines})
     SELECT stored.request_hash, stored.status, stored.body, c.id AS cart_id, c.version AS cart_version,
       c.coupon_code, ${OFFERED}, u.email, u.preferred, a.address,
       CASE WHEN ${CHARGED} AND coalesce(l.line_no, 1) = 1 THEN ${chargesTo(COUNTRY)} END AS charges,
       l.product_id, l.quantity, p.sku, p.name, p.price, p.currency, p.stock, p.weight,
       nullif(p.tax_category, '${STANDARD}') AS tax_category,
       p.next_price_change_at, p.active AND p.archived_at IS NULL AS for_sale
     FROM (SELECT 1) one LEFT JOIN stored ON true LEFT JOIN c ON true LEFT JOIN u ON true LEFT JOIN a ON true
       LEFT JOIN l ON stored.status IS NULL LEFT JOIN products p ON p.id = l.product_id
     ORDER BY l.line_no`,
  );
}

export const QUOTES: Readonly<Record<BuyerKind, Readonly<Record<LineSource, Statement>>>> = {
  user: { cart: quote('user', 'cart'), items: quote('user', 'items') },
  guest: { cart: quote('guest', 'cart'), items: quote('guest', 'items') },
};
