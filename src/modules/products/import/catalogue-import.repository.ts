import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';
import type { PricedRow } from '../prices/sale-price.js';
import { PRODUCT_COLUMNS, type ProductRow } from '../product-row.js';
import { CategoryNotFound } from '../products.errors.js';

const HOLD = statement(
  'import.hold',
  `SELECT id, sku, slug, name, description, price, currency, stock, category_id, attributes, images, active, archived_at,
     regular_price, sale_price, sale_from, sale_to
   FROM products WHERE sku = ANY ($1::text[]) ORDER BY id FOR NO KEY UPDATE`,
);
const ANY = statement('import.any', 'SELECT true AS found FROM products LIMIT 1');
const TAKEN_SLUGS = statement('import.takenSlugs', 'SELECT slug FROM products WHERE slug = ANY ($1::text[])');
/** The receipt of a new product's first stock hangs off the row that was really inserted. */
const INSERT = statement(
  'import.insert',
  `WITH written AS (
     INSERT INTO products (id, sku, slug, name, description, price, currency, stock, category_id, attributes, images,
       active, version, created_at, updated_at)
     SELECT id, sku, slug, name, description, price, $13::text, stock, category_id, attributes, images,
       active, 1, $14::timestamptz, $14::timestamptz
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::int[], $8::uuid[],
       $9::jsonb[], $10::jsonb[], $12::boolean[])
       AS g (id, sku, slug, name, description, price, stock, category_id, attributes, images, active)
     ON CONFLICT DO NOTHING RETURNING *
   ), receipts AS (
     INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, note, actor_id, created_at)
     SELECT g.movement_id, w.id, w.stock, w.stock, 'receipt', $15::text, $16::uuid, $14::timestamptz
     FROM written w JOIN unnest($1::uuid[], $11::uuid[]) AS g (id, movement_id) ON g.id = w.id WHERE w.stock > 0
   )
   SELECT id FROM written`,
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
       regular_price = CASE WHEN p.regular_price IS NULL THEN NULL ELSE g.price END, currency = $11::text,
       category_id = g.category_id, attributes = g.attributes, images = g.images, active = g.active,
       stock = p.stock + g.delta, version = p.version + 1, updated_at = $12::timestamptz
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::uuid[], $6::jsonb[], $7::jsonb[], $8::int[],
       $9::uuid[], $10::boolean[])
       AS g (id, name, description, price, category_id, attributes, images, delta, movement_id, active)
     WHERE p.id = g.id RETURNING p.*, g.delta, g.movement_id
   ), movements AS (
     INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, note, actor_id, created_at)
     SELECT movement_id, id, delta, stock, 'adjustment', $13::text, $14::uuid, $12::timestamptz
     FROM written WHERE delta <> 0
   )
   SELECT ${PRODUCT_COLUMNS} FROM written p LEFT JOIN categories c ON c.id = p.category_id`,
);

const CATEGORY_GONE = { products_category_fkey: () => new CategoryNotFound() };

const NOTE = 'catalogue import';

/** A product that a row of the file names. */
export interface HeldProduct extends PricedRow {
  readonly id: string;
  readonly sku: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly currency: string;
  readonly stock: number;
  readonly category_id: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  readonly active: boolean;
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
  readonly active: boolean;
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

  /**
   * Inserts products.
   * @returns the ids of those whose SKU and slug were free
   * @throws {CategoryNotFound} where a category was deleted meanwhile
   */
  async insert(
    products: readonly InsertedProduct[],
    currency: string,
    actorId: string | null,
    now: Date,
  ): Promise<Set<string>> {
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
      column(products, ({ active }) => active),
    ];
    const all = [...values, currency, now, NOTE, actorId];
    const rows = await this.mapping(CATEGORY_GONE, () => this.rows<{ id: string }>(INSERT, all));
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * Changes products that are held, and moves their stock by `delta`.
   * @throws {CategoryNotFound} where a category was deleted meanwhile
   */
  update(
    products: readonly UpdatedProduct[],
    currency: string,
    actorId: string | null,
    now: Date,
  ): Promise<ProductRow[]> {
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
      column(products, ({ active }) => active),
    ];
    const all = [...values, currency, now, NOTE, actorId];
    return this.mapping(CATEGORY_GONE, () => this.rows<ProductRow>(UPDATE, all));
  }
}
