import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { Membership } from './groups/variant-rules.js';
import type { Pricing } from './prices/sale-price.js';
import { FROM_PRODUCTS, PRODUCT_COLUMNS, type ProductRow } from './product-row.js';
import { CategoryNotFound, ProductGroupNotFound, SkuTaken, VariantTaken } from './products.errors.js';

const WITH_CATEGORY = `SELECT ${PRODUCT_COLUMNS} FROM written p LEFT JOIN categories c ON c.id = p.category_id`;

const INSERT = statement(
  'products.insert',
  `WITH written AS (
     INSERT INTO products (id, sku, slug, name, description, price, currency, stock, category_id, attributes, images,
       active, version, created_at, updated_at, regular_price, sale_price, sale_from, sale_to, next_price_change_at,
       low_stock_threshold, group_id, option_names, options, weight, tax_category)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11::jsonb, $12, 1, $13, $13, $16, $17, $18, $19, $20, $21,
       $22, $23, $24::jsonb, $25, $26)
     ON CONFLICT (slug) DO NOTHING RETURNING *
   ), receipt AS (
     INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, actor_id, created_at)
     SELECT $14::uuid, id, stock, stock, 'receipt', $15::uuid, created_at FROM written WHERE stock > 0
   )
   ${WITH_CATEGORY}`,
);
const ARCHIVE = statement(
  'products.archive',
  `WITH written AS (
     UPDATE products SET archived_at = $2, updated_at = $2, version = version + 1
     WHERE id = $1 AND archived_at IS NULL AND ($3::int[] IS NULL OR version = ANY ($3)) RETURNING *
   )
   ${WITH_CATEGORY}`,
);
const RESTORE = statement(
  'products.restore',
  `WITH written AS (
     UPDATE products SET archived_at = NULL, updated_at = $2, version = version + 1
     WHERE id = $1 AND archived_at IS NOT NULL AND ($3::int[] IS NULL OR version = ANY ($3)) RETURNING *
   )
   ${WITH_CATEGORY}`,
);
const IS_ARCHIVED = statement(
  'products.isArchived',
  'SELECT true AS archived FROM products WHERE id = $1 AND archived_at IS NOT NULL',
);
const BY_ID = statement(
  'products.byId',
  `SELECT ${PRODUCT_COLUMNS} ${FROM_PRODUCTS}
   WHERE p.id = $1 AND p.archived_at IS NULL`,
);

const HOLD = statement('products.hold', `${BY_ID.text} FOR NO KEY UPDATE OF p`);

/** A product to be stored. */
export interface NewProduct extends Pricing, Membership {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly currency: string;
  readonly stock: number;
  readonly categoryId: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  readonly active: boolean;
  /** Null for what the shop's setting says. */
  readonly lowStockThreshold: number | null;
  /** Grams; null for not known. */
  readonly weight: number | null;
  readonly taxCategory: string;
}

/** What changes of a product: the keys that are there. */
export type ProductChanges = Partial<Omit<NewProduct, 'id' | 'currency' | 'stock'>>;

interface ColumnOf {
  readonly column: string;
  readonly type: string;
}

const COLUMNS: Readonly<Record<keyof ProductChanges, ColumnOf>> = {
  sku: { column: 'sku', type: 'text' },
  name: { column: 'name', type: 'text' },
  description: { column: 'description', type: 'text' },
  price: { column: 'price', type: 'bigint' },
  regularPrice: { column: 'regular_price', type: 'bigint' },
  salePrice: { column: 'sale_price', type: 'bigint' },
  saleFrom: { column: 'sale_from', type: 'timestamptz' },
  saleTo: { column: 'sale_to', type: 'timestamptz' },
  nextPriceChangeAt: { column: 'next_price_change_at', type: 'timestamptz' },
  categoryId: { column: 'category_id', type: 'uuid' },
  attributes: { column: 'attributes', type: 'jsonb' },
  images: { column: 'images', type: 'jsonb' },
  groupId: { column: 'group_id', type: 'uuid' },
  optionNames: { column: 'option_names', type: 'text[]' },
  options: { column: 'options', type: 'jsonb' },
  active: { column: 'active', type: 'boolean' },
  lowStockThreshold: { column: 'low_stock_threshold', type: 'integer' },
  weight: { column: 'weight', type: 'integer' },
  taxCategory: { column: 'tax_category', type: 'text' },
};

const CONSTRAINTS = {
  products_sku_unique: () => new SkuTaken(),
  products_category_fkey: () => new CategoryNotFound('category'),
  products_group_fkey: () => new ProductGroupNotFound(),
  products_variant_unique: () => new VariantTaken(),
};

/** Writes of products. Stock is moved by the stock repository alone. */
@Injectable()
export class ProductsRepository extends BaseRepository {
  /** A product that is not archived, whether or not the public sees it. */
  findById(id: string): Promise<ProductRow | undefined> {
    return this.first<ProductRow>(BY_ID, [id]);
  }

  /** Like {@link findById}; other changes of the product wait until the transaction ends. */
  hold(id: string): Promise<ProductRow | undefined> {
    return this.first<ProductRow>(HOLD, [id]);
  }

  /**
   * Stores a product with its first receipt of stock.
   * @returns undefined where the slug is taken
   * @throws {SkuTaken} {@link CategoryNotFound} {@link ProductGroupNotFound} {@link VariantTaken}
   */
  insert(
    product: NewProduct,
    slug: string,
    movementId: string,
    actorId: string | null,
    now: Date,
  ): Promise<ProductRow | undefined> {
    const { id, sku, name, description, price, currency, stock, categoryId, attributes, images, active } = product;
    const json = [JSON.stringify(attributes), JSON.stringify(images)];
    const values: unknown[] = [
      id,
      sku,
      slug,
      name,
      description,
      price,
      currency,
      stock,
      categoryId,
      ...json,
      active,
      now,
    ];
    const { regularPrice, salePrice, saleFrom, saleTo, nextPriceChangeAt } = product;
    values.push(movementId, actorId, regularPrice, salePrice, saleFrom, saleTo, nextPriceChangeAt);
    values.push(product.lowStockThreshold, product.groupId, product.optionNames, JSON.stringify(product.options));
    values.push(product.weight, product.taxCategory);
    return this.mapping(CONSTRAINTS, () => this.first<ProductRow>(INSERT, values));
  }

  /**
   * Changes a product that is held.
   * @throws {SkuTaken} {@link CategoryNotFound} {@link ProductGroupNotFound} {@link VariantTaken}
   */
  async update(id: string, changes: ProductChanges, now: Date): Promise<ProductRow> {
    const entries = Object.entries(changes) as [keyof ProductChanges, unknown][];
    const values: unknown[] = [id, now];
    const sets = entries.map(([key, value]) => {
      const { column, type } = COLUMNS[key];
      values.push(type === 'jsonb' ? JSON.stringify(value) : value);
      return `${column} = $${values.length}::${type}`;
    });
    const text = `WITH written AS (
      UPDATE products SET ${[...sets, 'updated_at = $2::timestamptz', 'version = version + 1'].join(', ')}
      WHERE id = $1::uuid RETURNING *
    ) ${WITH_CATEGORY}`;
    const [row] = await this.mapping(CONSTRAINTS, () => this.rowsOf<ProductRow>(text, values));
    if (row === undefined) throw new Error(`Product ${id} was not held.`);
    return row;
  }

  /** Takes a product out of the catalogue; undefined where there is none at such a version. */
  archive(id: string, versions: readonly number[] | undefined, now: Date): Promise<ProductRow | undefined> {
    return this.first<ProductRow>(ARCHIVE, [id, now, versions ?? null]);
  }

  /** Takes an archived product back into the catalogue; undefined where there is none at such a version. */
  restore(id: string, versions: readonly number[] | undefined, now: Date): Promise<ProductRow | undefined> {
    return this.mapping(CONSTRAINTS, () => this.first<ProductRow>(RESTORE, [id, now, versions ?? null]));
  }

  async isArchived(id: string): Promise<boolean> {
    return (await this.first(IS_ARCHIVED, [id])) !== undefined;
  }
}
