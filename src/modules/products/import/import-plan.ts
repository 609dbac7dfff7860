import { STANDARD } from '../../taxes/taxes.events.js';
import { type Membership, NO_MEMBERSHIP } from '../groups/variant-rules.js';
import { pricingAt, regularPriceOf, type SalePrice, salePriceOf } from '../prices/sale-price.js';
import type { HeldProduct, InsertedProduct, UpdatedProduct } from './catalogue-import.repository.js';
import type { ReadyRow, RowProblem } from './import-row.js';

/** A row with the id of its category and its place among the variants of a group; nothing where it does not say. */
export interface PlacedRow {
  readonly row: ReadyRow;
  readonly categoryId: string | undefined;
  readonly membership?: Membership | undefined;
}

/** A row of a product that is not there yet, with the id that it gets. */
export interface NewRow extends PlacedRow {
  readonly id: string;
}

/** A product that changes: what becomes of it, and whether more than its stock does. */
export interface PlannedUpdate {
  readonly product: UpdatedProduct;
  readonly contentChanged: boolean;
}

const NOT_ABOVE_SALE_PRICE: RowProblem = {
  column: 'price',
  code: 'invalid',
  reason: 'is not above the sale price of the product',
};

/** Why a row cannot give the price of a product, which may have a sale price already. */
export function priceProblemOf({ price, sale }: ReadyRow, held: HeldProduct): RowProblem | undefined {
  if (sale !== undefined) return undefined;
  return held.sale_price !== null && price <= held.sale_price ? NOT_ABOVE_SALE_PRICE : undefined;
}

/** What a row makes of a product that is there; undefined where that is all it says already. */
export function planUpdate(
  placed: PlacedRow,
  held: HeldProduct,
  currency: string,
  now: Date,
): PlannedUpdate | undefined {
  const { row, categoryId, membership } = placed;
  const sale = row.sale ?? salePriceOf(held);
  const product: UpdatedProduct = {
    id: held.id,
    name: row.name,
    description: row.description ?? held.description,
    ...pricingAt(row.price, sale, now),
    categoryId: categoryId ?? held.category_id,
    attributes: row.attributes ?? held.attributes,
    images: row.images ?? held.images,
    active: row.active ?? held.active,
    ...forStaff(row, held),
    groupId: membership === undefined ? held.group_id : membership.groupId,
    options: membership?.options ?? held.options,
    delta: row.stock === undefined ? 0 : row.stock - held.stock,
  };
  const contentChanged =
    product.name !== held.name ||
    product.description !== held.description ||
    row.price !== regularPriceOf(held) ||
    (row.sale !== undefined && !sameSale(product, salePriceOf(held))) ||
    held.currency !== currency ||
    product.categoryId !== held.category_id ||
    product.active !== held.active ||
    !sameForStaff(product, held) ||
    product.groupId !== held.group_id ||
    !sameTexts(product.options, held.options) ||
    !sameTexts(product.attributes, held.attributes) ||
    !sameList(product.images, held.images);
  return contentChanged || product.delta !== 0 ? { product, contentChanged } : undefined;
}

type ForStaff = Pick<UpdatedProduct, 'lowStockThreshold' | 'weight' | 'taxCategory'>;

/** What only staff see of a product. */
function forStaff({ lowStockThreshold, weight, taxCategory }: ReadyRow, held: HeldProduct): ForStaff {
  return {
    lowStockThreshold: lowStockThreshold ?? held.low_stock_threshold,
    weight: weight ?? held.weight,
    taxCategory: taxCategory ?? held.tax_category,
  };
}

function sameForStaff({ lowStockThreshold, weight, taxCategory }: UpdatedProduct, held: HeldProduct): boolean {
  return lowStockThreshold === held.low_stock_threshold && weight === held.weight && taxCategory === held.tax_category;
}

/** What a row makes where there is no product of its SKU. */
export function planInsert(
  { row, id, categoryId, membership = NO_MEMBERSHIP }: NewRow,
  slug: string,
  now: Date,
): InsertedProduct {
  return {
    id,
    sku: row.sku,
    slug,
    name: row.name,
    description: row.description ?? '',
    ...pricingAt(row.price, row.sale ?? null, now),
    stock: row.stock ?? 0,
    categoryId: categoryId ?? null,
    attributes: row.attributes ?? {},
    images: row.images ?? [],
    active: row.active ?? true,
    lowStockThreshold: row.lowStockThreshold ?? null,
    weight: row.weight ?? null,
    taxCategory: row.taxCategory ?? STANDARD,
    groupId: membership.groupId,
    options: membership.options,
  };
}

type Texts = Readonly<Record<string, string>>;

/** PostgreSQL keeps the keys of JSON in an order of its own. */
function sameTexts(one: Texts, other: Texts): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}

function sameSale({ salePrice, saleFrom, saleTo }: UpdatedProduct, held: SalePrice | null): boolean {
  if (held === null || salePrice === null) return held === null && salePrice === null;
  return salePrice === held.price && sameTime(saleFrom, held.from) && sameTime(saleTo, held.to);
}

const sameTime = (one: Date | null, other: Date | null): boolean => one?.getTime() === other?.getTime();
