import fc from 'fast-check';
import { newId } from '../../src/common/ids.js';
import { CatalogueCache } from '../../src/modules/products/catalogue.cache.js';
import { CatalogueService } from '../../src/modules/products/catalogue.service.js';
import { SORT_KEYS, type SortKey } from '../../src/modules/products/catalogue-sorts.js';
import { ProductQuery } from '../../src/modules/products/dto/product-query.dto.js';
import { ProductsApi } from '../../src/modules/products/products.api.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { runs } from '../support/runs.js';

let shop: TestApp;
let catalogue: CatalogueService;

beforeAll(async () => {
  shop = await startApp();
  catalogue = shop.app.get(CatalogueService, { strict: false });
});
afterAll(() => shop.close());
beforeEach(async () => {
  await shop.db.query('UPDATE products SET archived_at = now() WHERE archived_at IS NULL');
  await forget();
});

/** What is written past the application is noticed within a second; the tests do not wait for that. */
const forget = (): Promise<void> => shop.app.get(CatalogueCache, { strict: false }).productsChanged([]);

interface Listed {
  readonly items: readonly { id: string; name: string; price: string; createdAt: string }[];
  readonly nextCursor: string | null;
  readonly total?: number;
}

async function list(query: Partial<ProductQuery>): Promise<Listed> {
  const { body } = await catalogue.list(Object.assign(new ProductQuery(), query));
  return JSON.parse(body.toString());
}

/** Ids of a whole list, by cursor. */
async function walk(query: Partial<ProductQuery>): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Listed = await list({ ...query, cursor });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  return ids;
}

describe('a walk by cursor', () => {
  const draft = fc.record({
    name: fc.constantFrom('Anna', 'anna', 'Änne', 'B', 'b 1', 'Zoë', '茶'),
    price: fc.integer({ min: 0, max: 3 }),
    // More exact than JavaScript's dates, as rows may be that were not written by the application.
    at: fc.integer({ min: 0, max: 3 }).map((microsecond) => `2026-01-01T00:00:00.00000${microsecond}Z`),
  });

  test('meets every product once, in the order of the pages by number, whatever ties there are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(draft, { maxLength: 14 }),
        fc.constantFrom(...SORT_KEYS),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom({}, { inStock: false }, { q: 'n' }),
        async (drafts, sort: SortKey, perPage, filter) => {
          await shop.db.query('UPDATE products SET archived_at = now() WHERE archived_at IS NULL');
          await forget();
          await shop.db.query(
            `INSERT INTO products (id, sku, slug, name, description, price, currency, stock, attributes, images, active,
               version, created_at, updated_at)
             SELECT d.id, d.id, d.id, d.name, '', d.price, 'USD', 0, '{}', '[]', true, 1, d.at, d.at
             FROM jsonb_to_recordset($1) AS d (id uuid, name text, price bigint, at timestamptz)`,
            [JSON.stringify(drafts.map((product) => ({ id: newId(), ...product })))],
          );
          await forget();
          const walked = await walk({ ...filter, sort, perPage });
          const whole = await list({ ...filter, sort, perPage: 100 });
          expect(walked).toEqual(whole.items.map(({ id }) => id));
          expect(new Set(walked).size).toBe(whole.total);
        },
      ),
      { numRuns: runs(40) },
    );
  });

  test('neither repeats nor skips those that stay while others come and go', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 9; i += 1) ids.push((await createProduct(shop.db, { price: BigInt(i % 3) })).id);
    const first = await list({ sort: 'price', perPage: 4, cursor: '' });
    const [gone] = first.items;
    await shop.db.query('UPDATE products SET archived_at = now() WHERE id = $1', [gone?.id]);
    await createProduct(shop.db, { price: 0n });
    await forget();
    const met = first.items.map(({ id }) => id);
    for (let cursor = first.nextCursor; cursor !== null; ) {
      const page: Listed = await list({ sort: 'price', perPage: 4, cursor });
      met.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect([...met].sort()).toEqual([...ids].sort());
  });
});

/** Makes what was written behind the application's back visible. */

describe('ProductsApi.getSellable', () => {
  test('knows the products that the public sees, in minor units, and no others', async () => {
    const shown = await createProduct(shop.db, { price: 1_999n, stock: 0 });
    const hidden = await createProduct(shop.db, { active: false });
    const archived = await createProduct(shop.db, { archivedAt: new Date() });
    const api = shop.app.get(ProductsApi, { strict: false });
    const sellable = await api.getSellable([shown.id, hidden.id, archived.id, newId()]);
    expect([...sellable.keys()]).toEqual([shown.id]);
    const { id, sku, name } = shown;
    expect(sellable.get(id)).toEqual({ id, sku, name, price: 1_999n, currency: 'USD', stock: 0 });
    expect(await api.getSellable([])).toEqual(new Map());
  });
});
