import { statement } from '../../../platform/database/statement.js';
import { STANDARD } from '../../taxes/taxes.events.js';
import { PRODUCT_COLUMNS } from '../product-row.js';
import { FILED_COLUMNS } from './filed-product.js';

export const HOLD = statement(
  'import.hold',
  `SELECT ${FILED_COLUMNS}, archived_at FROM products WHERE sku = ANY ($1::text[]) ORDER BY id FOR NO KEY UPDATE`,
);
export const IDS = statement('import.ids', 'SELECT id, sku FROM products WHERE sku = ANY ($1::text[])');
export const ANY = statement('import.any', 'SELECT true AS found FROM products LIMIT 1');
export const TAKEN_SLUGS = statement('import.takenSlugs', 'SELECT slug FROM products WHERE slug = ANY ($1::text[])');

/**
 * The receipt of a new product's first stock and its events hang off the row that was really inserted; what the events
 * say is what the journal of products says. What few rows have, prices for a time and groups, comes in lists of its own.
 */
const insertInto = (onConflict: string): string => `WITH given AS MATERIALIZED (
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::int[], $8::uuid[],
       $9::jsonb[], $10::jsonb[], $11::boolean[], $12::uuid[], $13::uuid[], $14::uuid[])
       AS g (id, sku, slug, name, description, price, stock, category_id, attributes, images, active, movement_id,
         creation_id, receipt_id)
   ), extra AS MATERIALIZED (
     SELECT e.*, p.option_names
     FROM unnest($15::uuid[], $16::bigint[], $17::bigint[], $18::timestamptz[], $19::timestamptz[], $20::timestamptz[],
       $21::int[], $22::uuid[], $23::jsonb[], $24::int[], $25::text[])
       AS e (id, regular_price, sale_price, sale_from, sale_to, next_price_change_at, low_stock_threshold, group_id,
         options, weight, tax_category)
     LEFT JOIN product_groups p ON p.id = e.group_id
   ), written AS (
     INSERT INTO products (id, sku, slug, name, description, price, currency, stock, category_id, attributes, images,
       active, version, created_at, updated_at, regular_price, sale_price, sale_from, sale_to, next_price_change_at,
       low_stock_threshold, group_id, option_names, options, weight, tax_category)
     SELECT g.id, sku, slug, name, description, price, $26::text, stock, category_id, attributes, images,
       active, 1, $27::timestamptz, $27::timestamptz, regular_price, sale_price, sale_from, sale_to, next_price_change_at,
       low_stock_threshold, group_id, option_names, coalesce(options, '{}'), weight,
       coalesce(tax_category, '${STANDARD}')
     FROM given g LEFT JOIN extra e ON e.id = g.id
     ${onConflict} RETURNING id
   ), receipts AS (
     INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, note, actor_id, created_at)
     SELECT g.movement_id, g.id, g.stock, g.stock, 'receipt', $28::text, $29::uuid, $27::timestamptz
     FROM written w JOIN given g ON g.id = w.id WHERE g.stock > 0
   ), creations AS (
     INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at, published_at)
     SELECT g.creation_id, 'product.created', g.id,
       jsonb_build_object('productId', g.id, 'sku', g.sku, 'slug', g.slug, 'name', g.name,
         'price', (g.price * $30::numeric)::text, 'currency', $26::text, 'active', g.active, 'version', 1),
       $27::timestamptz, $31::timestamptz
     FROM given g JOIN written w ON w.id = g.id RETURNING 1
   ), told AS (
     INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at, published_at)
     SELECT g.receipt_id, 'stock.changed', g.id,
       jsonb_build_object('productId', g.id, 'delta', g.stock, 'stock', g.stock, 'reason', 'receipt'),
       $27::timestamptz, $32::timestamptz
     FROM given g JOIN written w ON w.id = g.id
     -- The creation of each product comes before its receipt.
     WHERE g.stock > 0 AND (SELECT count(*) FROM creations) > 0
   )
   SELECT id FROM written`;

/** Fails where a SKU or a slug is taken. To look first, row by row, costs PostgreSQL a fortieth of an import. */
export const INSERT = statement('import.insert', insertInto(''));
/** Leaves out the rows whose SKU or slug is taken. */
export const INSERT_FREE = statement('import.insertFree', insertInto('ON CONFLICT DO NOTHING'));

/** Its rows are locked, so `stock + delta` is the level that the file gives. */
export const UPDATE = statement(
  'import.update',
  `WITH written AS (
     UPDATE products p SET name = g.name, description = g.description, price = g.price,
       regular_price = g.regular_price, sale_price = g.sale_price, sale_from = g.sale_from, sale_to = g.sale_to,
       next_price_change_at = g.next_price_change_at, currency = $21::text, category_id = g.category_id,
       attributes = g.attributes, images = g.images, active = g.active, low_stock_threshold = g.low_stock_threshold,
       group_id = g.group_id, option_names = o.option_names, options = g.options, weight = g.weight,
       tax_category = g.tax_category,
       stock = p.stock + g.delta, version = p.version + 1, updated_at = $22::timestamptz
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::uuid[], $6::jsonb[], $7::jsonb[], $8::boolean[],
       $9::uuid[], $10::int[], $11::bigint[], $12::bigint[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[],
       $16::int[], $17::uuid[], $18::jsonb[], $19::int[], $20::text[])
       AS g (id, name, description, price, category_id, attributes, images, active, movement_id, delta, regular_price,
         sale_price, sale_from, sale_to, next_price_change_at, low_stock_threshold, group_id, options, weight,
         tax_category)
     LEFT JOIN product_groups o ON o.id = g.group_id
     WHERE p.id = g.id RETURNING p.*, g.delta, g.movement_id
   ), movements AS (
     INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, note, actor_id, created_at)
     SELECT movement_id, id, delta, stock, 'adjustment', $23::text, $24::uuid, $22::timestamptz
     FROM written WHERE delta <> 0
   )
   SELECT ${PRODUCT_COLUMNS} FROM written p LEFT JOIN categories c ON c.id = p.category_id`,
);
