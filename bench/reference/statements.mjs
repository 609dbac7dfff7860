/**
 * Every statement is prepared by its name, once a connection. Locks are taken in one order: cart, products by id,
 * idempotency key, so that crossing carts cannot deadlock.
 */

const PRODUCT_COLUMNS = `p.id, p.sku, p.slug, p.name, p.description, p.price, p.stock, p.version, p.created_at, p.updated_at,
  c.id AS category_id, c.slug AS category_slug, c.name AS category_name`;

export const PAGE_SIZE = 20;

/**
 * JSON with the number of the sale that is drawn.
 * @param {string} json
 */
const numbered = (json) => `replace(${json}, '"number":""', '"number":"' || number || '"')`;

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
  INSERT INTO cart_line (cart_id, product_id, quantity, unit_price)
  SELECT held.id, p.id, $4::integer, p.price FROM held JOIN product p ON p.id = $3::uuid AND p.active
  ON CONFLICT (cart_id, product_id) DO UPDATE SET quantity = cart_line.quantity + excluded.quantity, unit_price = excluded.unit_price
  RETURNING cart_id, product_id, quantity, unit_price, added_at
), line AS (
  SELECT * FROM added
  UNION ALL
  SELECT l.cart_id, l.product_id, l.quantity, l.unit_price, l.added_at
  FROM cart_line l JOIN held ON held.id = l.cart_id WHERE l.product_id <> $3::uuid
)
SELECT line.cart_id, line.product_id, line.quantity, line.unit_price, p.sku, p.name, p.price, p.stock
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
 * $1 account, $2 key, $3 request hash, $4 cart, $5 cart version, $6 sale, $7 history, $8 outbox event, $9 products, $10
 * quantities, $11 prices, $12 movements, $13 subtotal, $14 address, $15 event data and $16 answer, each with an empty
 * number, $17 outbox events of the products, $18 currency
 */
export const CHECK_OUT = {
  name: 'check_out',
  text: `
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest($9::uuid[], $10::integer[], $11::bigint[], $12::uuid[], $17::uuid[])
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
  SELECT count(*) = cardinality($9::uuid[]) AND bool_and(sellable) AS open FROM locked
), drawn AS MATERIALIZED (
  SELECT 'S-' || nextval('sale_number') AS number FROM gate WHERE gate.open
), recorded AS (
  INSERT INTO idempotency_record (account_id, key, request_hash, body)
  SELECT $1::uuid, $2::text, $3::bytea, ${numbered('$16::text')} FROM drawn
  ON CONFLICT (account_id, key) DO NOTHING RETURNING $6::uuid AS sale_id, body
), sold AS (
  INSERT INTO sale (id, number, account_id, email, currency, status, subtotal, discount, shipping, tax, total, delivery_address)
  SELECT sale_id, number, $1::uuid, (SELECT email FROM account WHERE id = $1::uuid), $18::text, 'pending', $13::bigint, 0,
    0, 0, $13::bigint, $14::jsonb FROM recorded CROSS JOIN drawn RETURNING id
), taken AS (
  UPDATE product SET stock = product.stock - locked.quantity, version = product.version + 1, updated_at = now()
  FROM locked CROSS JOIN recorded WHERE product.id = locked.id
  RETURNING product.id, product.stock, locked.quantity, locked.movement_id, locked.event_id
), moved AS (
  INSERT INTO stock_movement (id, product_id, sale_id, delta, level_after, reason)
  SELECT movement_id, id, $6::uuid, -quantity, stock, 'sale' FROM taken
), itemised AS (
  INSERT INTO sale_item (sale_id, line_no, product_id, sku, name, unit_price, quantity, line_total, discount, tax)
  SELECT $6::uuid, line_no, id, sku, name, price, quantity, price * quantity, 0, 0 FROM locked CROSS JOIN recorded
), noted AS (
  INSERT INTO sale_history (id, sale_id, to_status, actor) SELECT $7::uuid, sale_id, 'pending', $1::text FROM recorded
), announced AS (
  INSERT INTO outbox_event (id, aggregate_id, type, data)
  SELECT $8::uuid, sale_id, 'sale.placed', ${numbered('$15::text')}::jsonb FROM recorded CROSS JOIN drawn
  UNION ALL
  SELECT event_id, id, 'stock.changed',
    jsonb_build_object('productId', id, 'stock', stock, 'delta', -quantity, 'reason', 'sale') FROM taken
), bumped AS (
  UPDATE cart SET version = cart.version + 1, updated_at = now() FROM recorded WHERE cart.id = $4::uuid
), emptied AS (
  DELETE FROM cart_line USING recorded WHERE cart_id = $4::uuid
)
SELECT (SELECT body FROM recorded WHERE (SELECT count(*) FROM sold) = 1) AS body,
  1 / (CASE WHEN (SELECT count(*) FROM taken) = (SELECT count(*) FROM locked CROSS JOIN recorded) THEN 1 ELSE 0 END) AS guard`,
};

/**
 * Settles several payments at once and numbers their invoices without a gap: the counter's row is locked by every
 * settlement, so one statement for all that wait makes one commit of it.
 *
 * $1 sales, $2 payments, $3 histories, $4 outbox events, $5 invoices, $6 year, $7 outbox events of the invoices, $8
 * accounts, $9 keys, $10 request hashes, $11 answers with an empty amount, $12 providers, $13 methods, $14 the seller
 */
export const SETTLE = {
  name: 'settle',
  text: `
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $7::uuid[], $8::uuid[], $9::text[],
      $10::bytea[], $11::text[], $12::text[], $13::text[])
    AS asked (sale_id, payment_id, history_id, event_id, invoice_id, invoice_event_id, account_id, key, request_hash, body,
      provider, method)
), due AS MATERIALIZED (
  SELECT id FROM sale WHERE id = ANY ($1::uuid[]) AND status = 'pending' ORDER BY id FOR NO KEY UPDATE
), confirmed AS (
  UPDATE sale SET status = 'confirmed', updated_at = now()
  FROM due WHERE sale.id = due.id AND sale.status = 'pending'
  RETURNING sale.*
), ranked AS MATERIALIZED (
  SELECT asked.*, c.number, c.email, c.currency, c.subtotal, c.discount, c.shipping, c.tax, c.total, c.delivery_address,
    round(c.total / 100.0, 2)::text AS amount, row_number() OVER (ORDER BY c.id)::integer AS rank
  FROM confirmed c JOIN asked ON asked.sale_id = c.id AND asked.account_id = c.account_id
), paid AS (
  INSERT INTO payment (id, sale_id, provider, method, amount, currency, status, provider_reference)
  SELECT payment_id, sale_id, provider, method, total, currency, 'completed', provider || '_' || payment_id FROM ranked
), noted AS (
  INSERT INTO sale_history (id, sale_id, from_status, to_status, actor)
  SELECT history_id, sale_id, 'pending', 'confirmed', 'payment' FROM ranked
), answered AS (
  INSERT INTO idempotency_record (account_id, key, request_hash, body)
  SELECT account_id, key, request_hash, replace(body, '"amount":""', '"amount":"' || amount || '"') FROM ranked
  RETURNING key, body
), counted AS (
  UPDATE invoice_counter SET last = last + (SELECT count(*) FROM ranked)
  WHERE year = $6::integer AND EXISTS (SELECT FROM ranked)
  RETURNING last
), issued AS (
  INSERT INTO invoice (id, year, number, sale_id, account_id, sale_number, currency, subtotal, discount, shipping, tax, total,
    seller, buyer, lines)
  SELECT r.invoice_id, $6::integer, counted.last - (SELECT count(*) FROM ranked)::integer + r.rank, r.sale_id, r.account_id,
    r.number, r.currency, r.subtotal, r.discount, r.shipping, r.tax, r.total, $14::jsonb,
    jsonb_build_object('name', r.delivery_address ->> 'recipient', 'address', jsonb_build_array(
        r.delivery_address ->> 'line1', concat_ws(' ', r.delivery_address ->> 'postalCode', r.delivery_address ->> 'city'),
        r.delivery_address ->> 'region'),
      'country', r.delivery_address ->> 'country', 'email', r.email, 'taxId', NULL),
    (SELECT jsonb_agg(jsonb_build_object('productId', i.product_id, 'sku', i.sku, 'name', i.name, 'quantity', i.quantity,
        'unitPrice', i.unit_price::text, 'lineTotal', i.line_total::text, 'discount', i.discount::text,
        'tax', i.tax::text, 'includedTax', '0', 'taxRate', 0) ORDER BY i.line_no)
      FROM sale_item i WHERE i.sale_id = r.sale_id)
  FROM ranked r CROSS JOIN counted
  RETURNING id, number
), announced AS (
  INSERT INTO outbox_event (id, aggregate_id, type, data)
  SELECT event_id, sale_id, 'sale.confirmed', jsonb_build_object('saleId', sale_id, 'number', number, 'userId', account_id,
    'status', 'confirmed', 'currency', currency, 'total', amount) FROM ranked
  UNION ALL
  SELECT r.invoice_event_id, r.sale_id, 'invoice.issued', jsonb_build_object('invoiceId', issued.id, 'number',
    'INV-' || $6::integer || '-' || lpad(issued.number::text, 6, '0'), 'kind', 'invoice', 'saleId', r.sale_id)
  FROM ranked r JOIN issued ON issued.id = r.invoice_id
)
SELECT ranked.sale_id, answered.body FROM ranked JOIN answered USING (key)`,
};
