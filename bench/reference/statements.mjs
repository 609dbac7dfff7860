/**
 * Every statement is prepared by its name, once a connection. Locks are taken in one order: cart, products by id,
 * idempotency key, so that crossing carts cannot deadlock.
 */

const PRODUCT_COLUMNS = `p.id, p.sku, p.slug, p.name, p.description, p.price, p.stock, p.version, p.created_at, p.updated_at,
  c.id AS category_id, c.slug AS category_slug, c.name AS category_name`;

export const PAGE_SIZE = 20;

/**
 * The page is found in the index alone; only its rows are then read. The limit is a constant, since a generic plan takes
 * a tenth of the table for an unknown one and joins by hashing.
 */
export const LIST_PRODUCTS = {
  name: 'list_products',
  text: `
WITH page AS (
  SELECT id FROM product WHERE active ORDER BY created_at DESC, id DESC LIMIT ${PAGE_SIZE} OFFSET $1
)
SELECT ${PRODUCT_COLUMNS}, (SELECT count(*) FROM product WHERE active) AS total
FROM page JOIN product p USING (id) LEFT JOIN category c ON c.id = p.category_id
ORDER BY p.created_at DESC, p.id DESC`,
};

export const PRODUCT_BY_ID = {
  name: 'product_by_id',
  text: `
SELECT ${PRODUCT_COLUMNS}
FROM product p LEFT JOIN category c ON c.id = p.category_id
WHERE p.id = $1 AND p.active`,
};

/** $1 account, $2 id of a cart to make, $3 product, $4 quantity. Answers the cart's lines as they are afterwards. */
export const ADD_CART_LINE = {
  name: 'add_cart_line',
  text: `
WITH held AS (
  INSERT INTO cart (id, account_id) VALUES ($2::uuid, $1::uuid)
  ON CONFLICT (account_id) DO UPDATE SET version = cart.version + 1, updated_at = now()
  RETURNING id
), added AS (
  INSERT INTO cart_line (cart_id, product_id, quantity)
  SELECT held.id, p.id, $4::integer FROM held JOIN product p ON p.id = $3::uuid AND p.active
  ON CONFLICT (cart_id, product_id) DO UPDATE SET quantity = cart_line.quantity + excluded.quantity
  RETURNING cart_id, product_id, quantity, added_at
), line AS (
  SELECT * FROM added
  UNION ALL
  SELECT l.cart_id, l.product_id, l.quantity, l.added_at
  FROM cart_line l JOIN held ON held.id = l.cart_id WHERE l.product_id <> $3::uuid
)
SELECT line.cart_id, line.product_id, line.quantity, p.sku, p.name, p.price, p.stock
FROM line JOIN product p ON p.id = line.product_id
ORDER BY line.added_at, line.product_id`,
};

export const EMPTY_CART = {
  name: 'empty_cart',
  text: `
WITH held AS (UPDATE cart SET version = version + 1, updated_at = now() WHERE account_id = $1 RETURNING id)
DELETE FROM cart_line USING held WHERE cart_line.cart_id = held.id`,
};

export const STORE_ADDRESS = {
  name: 'store_address',
  text: 'INSERT INTO delivery_address (id, account_id, address) VALUES ($1, $2, $3)',
};

/** The lines that a checkout prices; the cart's version is what it later insists on. */
export const CART_TO_PRICE = {
  name: 'cart_to_price',
  text: `
SELECT c.id AS cart_id, c.version, l.product_id, l.quantity, p.sku, p.name, p.price
FROM cart c JOIN cart_line l ON l.cart_id = c.id JOIN product p ON p.id = l.product_id
WHERE c.account_id = $1
ORDER BY l.added_at, l.product_id`,
};

/**
 * All writes hang off the idempotency record, which hangs off a gate: the cart as it was priced, every line active, at
 * its price and in stock. On refusal nothing is written. The guard divides by zero when fewer products were updated
 * than asked for, which PostgreSQL may do without a word when a row changed while it was waited for (EvalPlanQual).
 * Without turns at the products, those that everybody wants would deadlock.
 *
 * $1 account, $2 key, $3 request hash, $4 cart, $5 cart version, $6 sale, $7 payment, $8 history, $9 outbox event,
 * $10 products, $11 quantities, $12 prices, $13 movements, $14 subtotal, $15 address, $16 event data, $17 answer,
 * $18 outbox events of the products
 */
export const CHECK_OUT = {
  name: 'check_out',
  text: `
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest($10::uuid[], $11::integer[], $12::bigint[], $13::uuid[], $18::uuid[])
    WITH ORDINALITY AS asked (product_id, quantity, price, movement_id, event_id, line_no)
), held AS MATERIALIZED (
  SELECT id FROM cart WHERE id = $4::uuid AND account_id = $1::uuid AND version = $5::integer FOR NO KEY UPDATE
), turn AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(1, key) FROM (SELECT DISTINCT uuid_hash(product_id) AS key FROM asked ORDER BY key) k
), locked AS MATERIALIZED (
  SELECT p.id, p.sku, p.name, p.stock, p.active AND p.price = asked.price AND p.stock >= asked.quantity AS sellable,
    asked.quantity, asked.price, asked.movement_id, asked.event_id, asked.line_no
  FROM product p JOIN asked ON asked.product_id = p.id
  WHERE (SELECT count(*) FROM held) = 1 AND (SELECT count(*) FROM turn) > 0
  ORDER BY p.id FOR NO KEY UPDATE OF p
), gate AS MATERIALIZED (
  SELECT count(*) = cardinality($10::uuid[]) AND bool_and(sellable) AS open FROM locked
), recorded AS (
  INSERT INTO idempotency_record (account_id, key, request_hash, body)
  SELECT $1::uuid, $2::text, $3::bytea, $17::text FROM gate WHERE gate.open
  ON CONFLICT (account_id, key) DO NOTHING RETURNING $6::uuid AS sale_id
), sold AS (
  INSERT INTO sale (id, account_id, status, subtotal, discount, shipping, tax, total, delivery_address)
  SELECT sale_id, $1::uuid, 'pending', $14::bigint, 0, 0, 0, $14::bigint, $15::jsonb FROM recorded RETURNING id
), taken AS (
  UPDATE product SET stock = product.stock - locked.quantity, version = product.version + 1, updated_at = now()
  FROM locked CROSS JOIN recorded WHERE product.id = locked.id
  RETURNING product.id, product.stock, locked.quantity, locked.movement_id, locked.event_id
), moved AS (
  INSERT INTO stock_movement (id, product_id, sale_id, delta, level_after, reason)
  SELECT movement_id, id, $6::uuid, -quantity, stock, 'sale' FROM taken
), itemised AS (
  INSERT INTO sale_item (sale_id, line_no, product_id, sku, name, unit_price, quantity, line_total)
  SELECT $6::uuid, line_no, id, sku, name, price, quantity, price * quantity FROM locked CROSS JOIN recorded
), noted AS (
  INSERT INTO sale_history (id, sale_id, to_status) SELECT $8::uuid, sale_id, 'pending' FROM recorded
), owed AS (
  INSERT INTO payment (id, sale_id, amount, status) SELECT $7::uuid, sale_id, $14::bigint, 'pending' FROM recorded
), announced AS (
  INSERT INTO outbox_event (id, aggregate_id, type, data)
  SELECT $9::uuid, sale_id, 'sale.placed', $16::jsonb FROM recorded
  UNION ALL
  SELECT event_id, id, 'stock.changed', jsonb_build_object('productId', id, 'stock', stock, 'delta', -quantity) FROM taken
), bumped AS (
  UPDATE cart SET version = cart.version + 1, updated_at = now() FROM recorded WHERE cart.id = $4::uuid
), emptied AS (
  DELETE FROM cart_line USING recorded WHERE cart_id = $4::uuid
)
SELECT (SELECT count(*) FROM sold) = 1 AS sold,
  1 / (CASE WHEN (SELECT count(*) FROM taken) = (SELECT count(*) FROM locked CROSS JOIN recorded) THEN 1 ELSE 0 END) AS guard`,
};

/**
 * Settles several payments at once and numbers their invoices without a gap: the counter's row is locked by every
 * settlement, so one statement for all that wait makes one commit of it.
 *
 * $1 sales, $2 provider references, $3 histories, $4 outbox events, $5 event data, $6 invoices, $7 year, $8 outbox
 * events of the invoices, $9 accounts, $10 keys, $11 request hashes, $12 answers
 */
export const SETTLE = {
  name: 'settle',
  text: `
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::jsonb[], $6::uuid[], $8::uuid[], $9::uuid[],
      $10::text[], $11::bytea[], $12::text[])
    AS asked (sale_id, provider_reference, history_id, event_id, data, invoice_id, invoice_event_id, account_id, key,
      request_hash, body)
), due AS MATERIALIZED (
  -- In the order of the index that finds them: by any other, a plan made while the table was small reads all of it.
  SELECT id, sale_id FROM payment WHERE sale_id = ANY ($1::uuid[]) AND status = 'pending'
  ORDER BY sale_id FOR NO KEY UPDATE
), paid AS (
  UPDATE payment SET status = 'completed', provider_reference = asked.provider_reference, updated_at = now()
  FROM due JOIN asked USING (sale_id) WHERE payment.id = due.id AND payment.status = 'pending'
  RETURNING payment.sale_id
), confirmed AS (
  UPDATE sale SET status = 'confirmed', updated_at = now()
  FROM paid WHERE sale.id = paid.sale_id AND sale.status = 'pending'
  RETURNING sale.id, sale.total
), ranked AS MATERIALIZED (
  SELECT confirmed.id, confirmed.total, asked.*, row_number() OVER (ORDER BY confirmed.id)::integer AS rank
  FROM confirmed JOIN asked ON asked.sale_id = confirmed.id
), noted AS (
  INSERT INTO sale_history (id, sale_id, from_status, to_status)
  SELECT history_id, id, 'pending', 'confirmed' FROM ranked
), announced AS (
  INSERT INTO outbox_event (id, aggregate_id, type, data)
  SELECT event_id, id, 'sale.confirmed', data FROM ranked
  UNION ALL SELECT invoice_event_id, invoice_id, 'invoice.issued', data FROM ranked
), answered AS (
  INSERT INTO idempotency_record (account_id, key, request_hash, body)
  SELECT account_id, key, request_hash, body FROM ranked
), counted AS (
  UPDATE invoice_counter SET last = last + (SELECT count(*) FROM ranked)
  WHERE year = $7::integer AND EXISTS (SELECT FROM ranked)
  RETURNING last
), issued AS (
  INSERT INTO invoice (id, year, number, sale_id, total)
  SELECT ranked.invoice_id, $7::integer, counted.last - (SELECT count(*) FROM ranked)::integer + ranked.rank, ranked.id, ranked.total
  FROM ranked CROSS JOIN counted
  RETURNING sale_id, number
)
SELECT issued.sale_id, issued.number, ranked.total FROM issued JOIN ranked ON ranked.id = issued.sale_id`,
};
