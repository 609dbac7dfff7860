import { hash } from 'node:crypto';
import { formatMoney } from '../../common/money.js';
import type { ProductResponse, SalePriceResponse } from './dto/product.dto.js';
import { type PricedRow, regularPriceOf, salePriceOf } from './prices/sale-price.js';
import type { ProductEventData } from './products.events.js';

/** A product with its category, as the statements of this module read it. */
export interface ProductRow extends PricedRow {
  readonly id: string;
  readonly sku: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly currency: string;
  readonly stock: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  readonly active: boolean;
  readonly low_stock_threshold: number | null;
  readonly weight: number | null;
  readonly tax_category: string;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly category_id: string | null;
  readonly category_slug: string | null;
  readonly category_name: string | null;
  readonly next_price_change_at: Date | null;
  readonly group_id: string | null;
  readonly option_names: readonly string[] | null;
  readonly options: Readonly<Record<string, string>>;
}

/** Columns of a {@link ProductRow}, from products `p` and their categories `c`. */
export const PRODUCT_COLUMNS = `p.id, p.sku, p.slug, p.name, p.description, p.price, p.currency, p.stock, p.attributes,
  p.images, p.active, p.low_stock_threshold, p.weight, p.tax_category, p.version, p.created_at, p.updated_at,
  p.regular_price, p.sale_price, p.sale_from, p.sale_to, p.next_price_change_at,
  p.group_id, p.option_names, p.options,
  c.id AS category_id, c.slug AS category_slug, c.name AS category_name`;

/** Where {@link PRODUCT_COLUMNS} come from. */
export const FROM_PRODUCTS = 'FROM products p LEFT JOIN categories c ON c.id = p.category_id';

/** A product as the API shows it. */
export function toProduct(row: ProductRow): ProductResponse {
  const { category_id: id, category_slug: slug, category_name: name } = row;
  return {
    id: row.id,
    sku: row.sku,
    slug: row.slug,
    name: row.name,
    description: row.description,
    price: formatMoney(row.price, row.currency),
    regularPrice: formatMoney(regularPriceOf(row), row.currency),
    salePrice: toSalePrice(row),
    currency: row.currency,
    stock: row.stock,
    inStock: row.stock > 0,
    category: id === null || slug === null || name === null ? null : { id, slug, name },
    attributes: row.attributes,
    groupId: row.group_id,
    options: row.options,
    images: row.images,
    active: row.active,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function toSalePrice(row: ProductRow): SalePriceResponse | null {
  const sale = salePriceOf(row);
  if (sale === null) return null;
  const [from, to] = [sale.from, sale.to].map((time) => time?.toISOString() ?? null);
  return { price: formatMoney(sale.price, row.currency), from: from ?? null, to: to ?? null };
}

/** What the events about a product say of it. */
export function toEventData(row: ProductRow): ProductEventData {
  const { id: productId, sku, slug, name, currency, active, version } = row;
  return { productId, sku, slug, name, price: formatMoney(row.price, currency), currency, active, version };
}

/** What the audit log tells of a product. */
export function toFacts(row: ProductRow): Readonly<Record<string, unknown>> {
  const { sku, slug, name, description, currency, category_id: categoryId, attributes, images, active } = row;
  const { low_stock_threshold: lowStockThreshold, weight, tax_category: taxCategory } = row;
  const { group_id: groupId, options } = row;
  const price = formatMoney(row.price, currency);
  // What the price goes back to is worth a word only while it is another one.
  const regularPrice = row.regular_price === null ? undefined : formatMoney(row.regular_price, currency);
  const prices = { price, regularPrice, salePrice: toSalePrice(row) };
  const shown = { categoryId, groupId, options, attributes, images, active, lowStockThreshold, weight, taxCategory };
  return { sku, slug, name, description, ...prices, currency, ...shown };
}

/** A short digest of finished bytes, for entity tags. */
export function digest(bytes: string | Buffer): string {
  return hash('sha256', bytes, 'base64url').slice(0, 16);
}

/**
 * The strong entity tag of a product: which one, which version, and a digest of its representation, since the name of
 * its category is part of that and has no version of its own.
 */
export function productTag(product: ProductResponse, json: string | Buffer = JSON.stringify(product)): string {
  return `"${product.id.slice(-12)}.${product.version}.${digest(json)}"`;
}

/** The versions of a product that entity tags stand for; tags of anything else stand for none. */
export function versionsOf(tags: readonly string[], id: string): number[] {
  return tags.flatMap((tag) => {
    const [, tail, version] = /^"([0-9a-f]{12})\.(\d{1,9})\.[\w-]+"$/.exec(tag) ?? [];
    return tail === id.slice(-12) ? [Number(version)] : [];
  });
}
