import { newId } from '../../../common/ids.js';
import { slugCandidates } from '../slug.js';
import type { HeldProduct, InsertedProduct, UpdatedProduct } from './catalogue-import.repository.js';
import type { ImportedProduct } from './import-row.js';

/** A row that is fit to be written, with its line and the category that it names. */
export interface ReadyRow extends ImportedProduct {
  readonly line: number;
}

/** A row with the id of its category. */
export interface PlacedRow extends ReadyRow {
  readonly categoryId?: string | undefined;
}

/** A product that changes: what becomes of it, and whether more than its stock does. */
export interface PlannedUpdate {
  readonly product: UpdatedProduct;
  readonly contentChanged: boolean;
}

/** What a row makes of a product that is there; undefined where that is all it says already. */
export function planUpdate(row: PlacedRow, held: HeldProduct, currency: string): PlannedUpdate | undefined {
  const product: UpdatedProduct = {
    id: held.id,
    name: row.name,
    description: row.description ?? held.description,
    price: row.price,
    categoryId: row.categoryId ?? held.category_id,
    attributes: row.attributes ?? held.attributes,
    images: row.images ?? held.images,
    active: row.active ?? held.active,
    delta: row.stock === undefined ? 0 : row.stock - held.stock,
    movementId: newId(),
  };
  const contentChanged =
    product.name !== held.name ||
    product.description !== held.description ||
    product.price !== held.price ||
    held.currency !== currency ||
    product.categoryId !== held.category_id ||
    product.active !== held.active ||
    !sameAttributes(product.attributes, held.attributes) ||
    !sameList(product.images, held.images);
  return contentChanged || product.delta !== 0 ? { product, contentChanged } : undefined;
}

/** What a row makes where there is no product of its SKU, with the slugs to try for it. */
export function planInsert(row: PlacedRow): { readonly product: InsertedProduct; readonly slugs: readonly string[] } {
  const id = newId();
  const slugs = row.slug === undefined ? slugCandidates(row.name, row.sku, id) : [row.slug];
  const product = {
    id,
    sku: row.sku,
    slug: slugs.at(-1) ?? id,
    name: row.name,
    description: row.description ?? '',
    price: row.price,
    stock: row.stock ?? 0,
    categoryId: row.categoryId ?? null,
    attributes: row.attributes ?? {},
    images: row.images ?? [],
    active: row.active ?? true,
    movementId: newId(),
  };
  return { product, slugs };
}

type Attributes = Readonly<Record<string, string>>;

/** PostgreSQL keeps the keys of JSON in an order of its own. */
function sameAttributes(one: Attributes, other: Attributes): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
