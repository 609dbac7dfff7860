import type pg from 'pg';
import { newId } from '../../src/common/ids.js';

/** A product as it lies in its table; `price` in minor units. */
export interface TestProduct {
  readonly id: string;
  readonly sku: string;
  readonly slug: string;
  readonly name: string;
  readonly price: bigint;
  readonly currency: string;
  readonly stock: number;
  readonly active: boolean;
  readonly archivedAt: Date | null;
}

/** Puts a product into the catalogue, with the movement that its stock came from. */
export async function createProduct(db: pg.Pool, overrides: Partial<TestProduct> = {}): Promise<TestProduct> {
  const id = overrides.id ?? newId();
  const named = { id, sku: `SKU-${id}`, slug: `product-${id}`, name: `Product ${id.slice(-4)}` };
  const product = {
    ...named,
    price: 1_000n,
    currency: 'USD',
    stock: 100,
    active: true,
    archivedAt: null,
    ...overrides,
  };
  await db.query(
    `INSERT INTO products (id, sku, slug, name, description, price, currency, stock, attributes, images, active, version,
       created_at, updated_at, archived_at)
     VALUES ($1, $2, $3, $4, '', $5, $9, $6, '{}', '[]', $7, 1, now(), now(), $8)`,
    [
      id,
      product.sku,
      product.slug,
      product.name,
      product.price,
      product.stock,
      product.active,
      product.archivedAt,
      product.currency,
    ],
  );
  if (product.stock > 0) {
    await db.query(
      `INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, created_at)
       VALUES ($1, $2, $3, $3, 'receipt', now())`,
      [newId(), id, product.stock],
    );
  }
  return product;
}
