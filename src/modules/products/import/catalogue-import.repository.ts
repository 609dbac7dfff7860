import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';
import type { PricedRow } from '../prices/sale-price.js';
import { PRODUCT_COLUMNS, type ProductRow } from '../product-row.js';
import { CategoryNotFound } from '../products.errors.js';

const HOLD = statement(
  'import.hold',
  `SELECT id, sku, name, description, price, currency, stock, category_id, attributes, images, archived_at,
     regular_price, sale_price, sale_from, sale_to
   FROM products WHERE sku = ANY ($1::text[]) ORDER BY id FOR NO KEY UPDATE`,
);
const ANY = statement('import.any', 'SELECT true AS found FROM products LIMIT 1');
const TAKEN_SLUGS = statement('import.takenSlugs', 'SELECT slug FROM products WHERE slug = ANY ($1::text[])');
/** Slugs and names are matched apart, each by its own index or hash, and the best match of each reference wins. */
const CATEGORIES = statement(
  'import.categories',
  `WITH asked AS MATERIALIZED (
     SELECT reference, slug, lower(reference) AS name FROM unnest($1::text[], $2::text[]) AS a (reference, slug)
   ), found AS (
     SELECT a.reference, c.id, 1 AS rank FROM asked a JOIN categories c ON c.slug = a.reference
     UNION ALL
     SELECT a.reference, c.id, 2 FROM asked a JOIN categories c ON lower(c.name) = a.name
     UNION ALL
     SELECT a.reference, c.id, 3 FROM asked a JOIN categories c ON c.slug = a.slug
   )
   SELECT DISTINCT ON (reference) reference, id FROM found ORDER BY reference, rank, id`,
);
/** The receipt of a new product's first stock hangs off the row that was really inserted. */
const INSERT = statement(
  'import.insert',
  `WITH written AS (
     INSERT INTO products (id, sku, slug, name, description, price, currency, stock, category_id, attributes, images,
       active, version, created_at, updated_at)
     SELECT id, sku, slug, name, description, price, $12::text, stock, category_id, attributes, images,
       true, 1, $13::timestamptz, $13::timestamptz
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::int[], $8::uuid[],
       $9::jsonb[], $10::jsonb[]) AS g (id, sku, slug, name, description, price, stock, category_id, attributes, images)
     ON CONFLICT DO NOTHING RETURNING *
   ), receipts AS (
     INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, note, created_at)
     SELECT g.movement_id, w.id, w.stock, w.stock, 'receipt', $14::text, $13::timestamptz
     FROM written w JOIN unnest($1::uuid[], $11::uuid[]) AS g (id, movement_id) ON g.id = w.id WHERE w.stock > 0
   )
   SELECT ${PRODUCT_COLUMNS} FROM written p LEFT JOIN categories c ON c.id = p.category_id`,
);
/**
 * Its rows are locked, so `stock + delta` is the level that the file gives. The price that it gives is the regular one,
 * which is not what is charged while a sale price is.
 */
const UPDATE = statement(
  'import.update',
  `WITH written AS (
     UPDATE products p SET name = g.name, description = g.description,
       price = CASE WHEN p.regular_price IS NULL THEN g.price ELSE p.price END,
       regular_price = CASE WHEN p.regular_price IS NULL THEN NULL ELSE g.price END, currency = $10::text,
       category_id = g.category_id, attributes = g.attributes, images = g.images, stock = p.stock + g.delta,
       version = p.version + 1, updated_at = $11::timestamptz
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::uuid[], $6::jsonb[], $7::jsonb[], $8::int[],
       $9::uuid[]) AS g (id, name, description, price, category_id, attributes, images, delta, movement_id)
     WHERE p.id = g.id RETURNING p.*, g.delta, g.movement_id
   ), movements AS (
     INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, note, created_at)
     SELECT movement_id, id, delta, stock, 'adjustment', $12::text, $11::timestamptz FROM written WHERE delta <> 0
   )
   SELECT ${PRODUCT_COLUMNS} FROM written p LEFT JOIN categories c ON c.id = p.category_id`,
);

const CATEGORY_GONE = { products_category_fkey: () => new CategoryNotFound() };

const NOTE = 'catalogue import';

/** A product that a row of the file names. */
export interface HeldProduct extends PricedRow {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly currency: string;
  readonly stock: number;
  readonly category_id: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  readonly archived_at: Date | null;
}

/** What a row writes into a product. */
interface Content {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly price: bigint;
  readonly categoryId: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  readonly movementId: string;
}

export interface InsertedProduct extends Content {
  readonly sku: string;
  readonly slug: string;
  readonly stock: number;
}

export interface UpdatedProduct extends Content {
  readonly delta: number;
}

function column<T, R>(rows: readonly T[], value: (row: T) => R): R[] {
  return rows.map(value);
}

/** Writes a batch of imported rows: one statement for all that are new, one for all that change. */
@Injectable()
export class CatalogueImportRepository extends BaseRepository {
  /** Locks the products that have these SKUs, archived ones too, in the order that everybody locks them in. */
  hold(skus: readonly string[]): Promise<HeldProduct[]> {
    return this.rows<HeldProduct>(HOLD, [skus]);
  }

  /** Whether there is no product, not even an archived one. */
  async isEmpty(): Promise<boolean> {
    return (await this.first(ANY)) === undefined;
  }

  async takenSlugs(slugs: readonly string[]): Promise<Set<string>> {
    const rows = await this.rows<{ slug: string }>(TAKEN_SLUGS, [slugs]);
    return new Set(rows.map(({ slug }) => slug));
  }

  /** Ids of categories by the slug or name that they are asked for by; `slugs` are the slugs of the same references. */
  async categories(references: readonly string[], slugs: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.rows<{ reference: string; id: string }>(CATEGORIES, [references, slugs]);
    return new Map(rows.map(({ reference, id }) => [reference, id]));
  }

  /**
   * Inserts products; those whose SKU or slug is taken by now are left out of the answer.
   * @throws {CategoryNotFound} where a category was deleted meanwhile
   */
  insert(products: readonly InsertedProduct[], currency: string, now: Date): Promise<ProductRow[]> {
    const values = [
      column(products, ({ id }) => id),
      column(products, ({ sku }) => sku),
      column(products, ({ slug }) => slug),
      column(products, ({ name }) => name),
      column(products, ({ description }) => description),
      column(products, ({ price }) => price),
      column(products, ({ stock }) => stock),
      column(products, ({ categoryId }) => categoryId),
      column(products, ({ attributes }) => JSON.stringify(attributes)),
      column(products, ({ images }) => JSON.stringify(images)),
      column(products, ({ movementId }) => movementId),
    ];
    return this.mapping(CATEGORY_GONE, () => this.rows<ProductRow>(INSERT, [...values, currency, now, NOTE]));
  }

  /**
   * Changes products that are held, and moves their stock by `delta`.
   * @throws {CategoryNotFound} where a category was deleted meanwhile
   */
  update(products: readonly UpdatedProduct[], currency: string, now: Date): Promise<ProductRow[]> {
    const values = [
      column(products, ({ id }) => id),
      column(products, ({ name }) => name),
      column(products, ({ description }) => description),
      column(products, ({ price }) => price),
      column(products, ({ categoryId }) => categoryId),
      column(products, ({ attributes }) => JSON.stringify(attributes)),
      column(products, ({ images }) => JSON.stringify(images)),
      column(products, ({ delta }) => delta),
      column(products, ({ movementId }) => movementId),
    ];
    return this.mapping(CATEGORY_GONE, () => this.rows<ProductRow>(UPDATE, [...values, currency, now, NOTE]));
  }
}
