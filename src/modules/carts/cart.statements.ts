import { type Statement, statement } from '../../platform/database/statement.js';
import { OFFERED } from '../promotions/promotions.events.js';
import { CHARGED } from '../shipping/shipping.events.js';
import { MAX_LINES, MAX_QUANTITY } from './cart-limits.js';
import type { CartOwner } from './cart-owner.js';

/** A statement for carts of customers, and the same for carts of guests. `$1` is the owner in both. */
function byOwner(name: string, text: (owner: string) => string): Readonly<Record<CartOwner['kind'], Statement>> {
  return {
    user: statement(`carts.${name}_of_user`, text('user_id')),
    guest: statement(`carts.${name}_of_guest`, text('token_hash')),
  };
}

const LINE = `line.product_id, line.quantity, line.unit_price AS known_price, p.sku, p.name, p.price, p.next_price_change_at, p.stock,
  p.weight, p.tax_category, p.active AND p.archived_at IS NULL AS sold`;

/** What an owner's cart depends on besides its lines: whether there are promotions, and whether shipping or tax may be charged. */
const TERMS = `${OFFERED}, ${CHARGED} AS charged`;

/** A cart with its lines in the order of adding; one row without a product where it is empty. */
export const VIEW = byOwner(
  'view',
  (owner) => `
  SELECT cart.id AS cart_id, cart.version, cart.coupon_code, ${TERMS}, ${LINE}
  FROM carts cart LEFT JOIN (cart_items line JOIN products p ON p.id = line.product_id) ON line.cart_id = cart.id
  WHERE cart.${owner} = $1 ORDER BY line.added_at, line.product_id`,
);

/**
 * Adds to a cart and answers it, in one round trip.
 * $2 id of a cart to make, $3 product, $4 quantity, $5 now, $6 whether a cart may be made.
 *
 * `gate` decides on the statement's snapshot; without it nothing is written. `held` locks the cart, then `added`
 * works on the newest line whatever the snapshot shows. Every change of a cart bumps its version under that lock, so
 * a version one above the snapshot's proves that the other lines are still as the snapshot shows them: `exact`.
 *
 * The planner takes an unknown limit for a tenth of the rows. Without it, the lines of bought carts that no vacuum has
 * removed yet make the others seem many: a connection that plans then goes on to plan at each run, for as long as it
 * lives, and reads by a bitmap, which walks all the dead entries of the index and marks none of them.
 */
export const ADD = byOwner(
  'add',
  (owner) => `
  WITH owned AS (
    SELECT id, version FROM carts WHERE ${owner} = $1
  ), kept AS (
    SELECT product_id, quantity, unit_price, added_at FROM cart_items WHERE cart_id = (SELECT id FROM owned)
    LIMIT (SELECT ${MAX_LINES})
  ), gate AS (
    SELECT p.stock, p.price, $4::integer + coalesce((SELECT quantity FROM kept WHERE product_id = $3), 0) AS wanted,
      (SELECT count(*) FROM kept WHERE product_id <> $3)::integer AS other_lines
    FROM products p WHERE p.id = $3::uuid AND p.active AND p.archived_at IS NULL
  ), held AS (
    INSERT INTO carts (id, ${owner}, version, created_at, updated_at)
    SELECT $2::uuid, $1, 1, $5::timestamptz, $5 FROM gate
    WHERE wanted <= least(stock, ${MAX_QUANTITY}) AND other_lines < ${MAX_LINES}
      AND ($6::boolean OR EXISTS (SELECT FROM owned))
    ON CONFLICT (${owner}) DO UPDATE SET version = carts.version + 1, updated_at = excluded.updated_at
    RETURNING id, version, coupon_code
  ), added AS (
    INSERT INTO cart_items (cart_id, product_id, quantity, unit_price, added_at)
    SELECT held.id, $3, $4, gate.price, greatest($5, (SELECT max(added_at) + interval '1 microsecond' FROM kept))
    FROM held, gate
    ON CONFLICT (cart_id, product_id)
    DO UPDATE SET quantity = cart_items.quantity + excluded.quantity, unit_price = excluded.unit_price
      WHERE cart_items.quantity + excluded.quantity <= (SELECT least(stock, ${MAX_QUANTITY}) FROM gate)
    RETURNING product_id, quantity, unit_price, added_at
  ), line AS (
    SELECT product_id, quantity, unit_price, added_at FROM added
    UNION ALL SELECT product_id, quantity, unit_price, added_at FROM kept WHERE product_id <> $3
  )
  SELECT gate.wanted, gate.stock AS gate_stock, gate.other_lines, held.id AS cart_id, held.version, held.coupon_code,
    EXISTS (SELECT FROM added) AS added, ${TERMS},
    held.version = 1 + coalesce((SELECT version FROM owned), 0) AS exact, ${LINE}
  FROM (VALUES (true)) AS once LEFT JOIN gate ON true LEFT JOIN held ON true
    LEFT JOIN (line JOIN products p ON p.id = line.product_id) ON held.id IS NOT NULL
  ORDER BY line.added_at, line.product_id`,
);

/** Locks a cart and bumps its version: the first statement of every other change. $2 now. */
export const HOLD = byOwner(
  'hold',
  (owner) => `UPDATE carts SET version = version + 1, updated_at = $2 WHERE ${owner} = $1 RETURNING id`,
);

/** The same for a customer who may not have a cart yet. $2 id of a cart to make, $3 now. */
export const HOLD_OR_MAKE = statement(
  'carts.hold_or_make',
  `INSERT INTO carts (id, user_id, version, created_at, updated_at) VALUES ($2, $1, 1, $3, $3)
   ON CONFLICT (user_id) DO UPDATE SET version = carts.version + 1, updated_at = excluded.updated_at RETURNING id`,
);

/** Keeps a coupon with a cart, made for it where there is none. $2 id of a cart to make, $3 code, $4 now. */
export const SET_COUPON = byOwner(
  'set_coupon',
  (owner) => `INSERT INTO carts (id, ${owner}, version, coupon_code, created_at, updated_at)
   VALUES ($2, $1, 1, $3::text, $4, $4)
   ON CONFLICT (${owner}) DO UPDATE
   SET coupon_code = excluded.coupon_code, version = carts.version + 1, updated_at = excluded.updated_at`,
);

export const CLEAR_COUPON = statement('carts.clear_coupon', 'UPDATE carts SET coupon_code = NULL WHERE id = $1');

/** The coupon of cart $2 is that of cart $1, unless that has one. */
export const MERGE_COUPON = statement(
  'carts.merge_coupon',
  `UPDATE carts SET coupon_code = guest.coupon_code FROM carts guest
   WHERE carts.id = $1 AND guest.id = $2 AND carts.coupon_code IS NULL AND guest.coupon_code IS NOT NULL`,
);

/**
 * Which cart, and which state of it. For a customer also what stands for the things that shipping and tax depend on besides it,
 * in a shop that may charge any.
 */
export const VERSION: Readonly<Record<CartOwner['kind'], Statement>> = {
  guest: statement(
    'carts.version_of_guest',
    'SELECT id, version, NULL AS destination FROM carts WHERE token_hash = $1',
  ),
  user: statement(
    'carts.version_of_user',
    `SELECT id, version, CASE WHEN ${CHARGED} THEN (
       SELECT md5(concat_ws(' ', u.default_shipping_method, '-', d.country, d.region))
       FROM users u LEFT JOIN delivery_addresses d ON d.user_id = u.id AND d.is_default WHERE u.id = $1) END AS destination
     FROM carts WHERE user_id = $1`,
  ),
};

export const FIND_LINE = statement(
  'carts.find_line',
  `SELECT p.stock, p.active AND p.archived_at IS NULL AS sold
   FROM cart_items line JOIN products p ON p.id = line.product_id WHERE line.cart_id = $1 AND line.product_id = $2`,
);

export const SET_QUANTITY = statement(
  'carts.set_quantity',
  `UPDATE cart_items SET quantity = $3, unit_price = p.price FROM products p
   WHERE cart_id = $1 AND product_id = $2 AND p.id = product_id`,
);

export const REMOVE_LINE = statement(
  'carts.remove_line',
  'DELETE FROM cart_items WHERE cart_id = $1 AND product_id = $2',
);

export const REMOVE_LINES = statement('carts.remove_lines', 'DELETE FROM cart_items WHERE cart_id = $1');

/** Whether a guest's cart holds anything that can be taken over. */
export const FILLED = statement(
  'carts.filled',
  `SELECT FROM carts cart WHERE token_hash = $1
     AND (coupon_code IS NOT NULL OR EXISTS (SELECT FROM cart_items WHERE cart_id = cart.id))`,
);

/** Adds the lines of cart $2 to cart $1, oldest first, as far as the limits of a cart allow. */
export const MERGE = statement(
  'carts.merge',
  `INSERT INTO cart_items (cart_id, product_id, quantity, unit_price, added_at)
   SELECT $1::uuid, product_id, quantity, unit_price, added_at FROM cart_items WHERE cart_id = $2
   ORDER BY added_at, product_id
   LIMIT (SELECT greatest(0, ${MAX_LINES} - count(*)) FROM cart_items WHERE cart_id = $1)
   ON CONFLICT (cart_id, product_id)
   DO UPDATE SET quantity = least(${MAX_QUANTITY}, cart_items.quantity + excluded.quantity),
     added_at = least(cart_items.added_at, excluded.added_at)`,
);

/** Deletes the cart of a user, and by its foreign key the lines. */
export const FORGET = statement('carts.forget', 'DELETE FROM carts WHERE user_id = $1');

/** The sales of guests that a `cart` opens. */
const BOUGHT = 'SELECT FROM sales s WHERE s.cart_id = cart.id AND s.user_id IS NULL';

/**
 * Takes all out of carts that are held, and deletes them; that of a guest who has bought from it stays, empty: by it the
 * guest's sales are found. $1 their ids. It must be a statement after the one that holds them, to see each sale of theirs.
 */
const RELEASED = `kept AS MATERIALIZED (
    SELECT id FROM carts cart WHERE id = ANY ($1::uuid[]) AND EXISTS (${BOUGHT})
  ), emptied AS (
    UPDATE carts SET coupon_code = NULL, version = version + 1 WHERE id IN (SELECT id FROM kept)
  ), taken AS (
    DELETE FROM cart_items WHERE cart_id IN (SELECT id FROM kept)
  ), deleted AS (
    DELETE FROM carts WHERE id = ANY ($1::uuid[]) AND id NOT IN (SELECT id FROM kept) RETURNING created_at
  )`;

export const RELEASE = statement('carts.release', `WITH ${RELEASED} SELECT count(*) FROM deleted`);

/** The same, and keeps the number of those that are no more. */
export const EXPIRE = statement(
  'expired-carts.remove',
  `WITH ${RELEASED}
  INSERT INTO expired_carts (begun_from, carts)
  SELECT date_bin('15 minutes', created_at, 'epoch') AS slot, count(*) FROM deleted GROUP BY slot ORDER BY slot
  ON CONFLICT (begun_from) DO UPDATE SET carts = expired_carts.carts + excluded.carts`,
);

/**
 * Looks at the carts that come next after the id $1 and holds those that nobody has changed since $2 (guests') or $3
 * (customers'), but for those that somebody else holds. A guest's that is kept for its sales is left alone once it is
 * empty. Gives the last id that was looked at, null after the end.
 *
 * There is no index by the time of the last change: it would have an entry for each change of each cart.
 */
export const HOLD_EXPIRED = statement(
  'expired-carts.hold',
  `WITH page AS MATERIALIZED (
    SELECT id FROM carts WHERE id > $1::uuid ORDER BY id LIMIT 1000
  ), expired AS MATERIALIZED (
    SELECT id FROM carts cart WHERE id IN (SELECT id FROM page)
      AND updated_at < CASE WHEN user_id IS NULL THEN $2::timestamptz ELSE $3::timestamptz END
      AND (coupon_code IS NOT NULL OR EXISTS (SELECT FROM cart_items WHERE cart_id = cart.id) OR NOT EXISTS (${BOUGHT}))
    ORDER BY id FOR UPDATE SKIP LOCKED
  )
  SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last, ARRAY(SELECT id FROM expired) AS ids`,
);
