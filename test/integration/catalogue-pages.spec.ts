import { newId } from '../../src/common/ids.js';
import { CatalogueRepository } from '../../src/modules/products/catalogue.repository.js';
import { SORT_KEYS } from '../../src/modules/products/catalogue-sorts.js';
import { ProductsRepository } from '../../src/modules/products/products.repository.js';
import { Database } from '../../src/platform/database/database.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';

let shop: TestApp;
let catalogue: CatalogueRepository;

beforeAll(async () => {
  shop = await startApp();
  catalogue = shop.app.get(CatalogueRepository, { strict: false });
  for (let index = 0; index < 12; index += 1) {
    await createProduct(shop.db, { name: `Lamp ${index % 4}`, price: BigInt(index % 3), stock: index % 2 });
  }
});
afterAll(() => shop.close());

test.each(SORT_KEYS)('a page of ids by %s has the ids, versions and cursors of the whole rows', async (sort) => {
  for (const filter of [{}, { q: 'lamp' }, { inStock: true, maxPrice: 1n }]) {
    for (const window of [
      { limit: 5, offset: 3 },
      { limit: 100, cursor: '' },
    ]) {
      const whole = await catalogue.list({ ...filter }, sort, window);
      const ids = await catalogue.pageOfIds({ ...filter }, sort, window);
      expect(ids).toEqual(whole.map(({ id, version, cursor_key }) => ({ id, version, cursor_key })));
      expect(ids.length).toBeGreaterThan(0);
    }
  }
});

test('products are found by their ids where the public sees them, and only there', async () => {
  const seen = await createProduct(shop.db, { name: 'Seen' });
  const hidden = await createProduct(shop.db, { active: false });
  const gone = await createProduct(shop.db, { archivedAt: new Date() });
  const found = await catalogue.findByIds([seen.id, hidden.id, gone.id, newId()]);
  expect(found).toEqual([await catalogue.findById(seen.id)]);
  expect(await catalogue.findByIds([])).toEqual([]);
});

test('a product that is read as JSON is the row that columns tell, whatever stands in it', async () => {
  const full = await createProduct(shop.db, { name: 'Quoted "\\" \u2028 mirror', price: 9_007_199_254_740_993n });
  await shop.db.query(
    `UPDATE products SET attributes = '{"a": "\\u00e9"}', images = '["/x.webp"]', regular_price = price + 1,
       sale_price = price, sale_from = '2026-01-01T00:00:00.123Z', sale_to = '2036-01-01T00:00:00Z',
       next_price_change_at = '2036-01-01T00:00:00Z' WHERE id = $1`,
    [full.id],
  );
  const plain = await createProduct(shop.db, {});
  const byColumns = shop.app.get(ProductsRepository, { strict: false });
  for (const { id } of [full, plain]) expect(await catalogue.findById(id)).toEqual(await byColumns.findById(id));
});

/** Statements of this module that some work sends to the database; background jobs have others. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const database = shop.app.get<Database>(Database, { strict: false });
  const named = jest.spyOn(database, 'run');
  const unnamed = jest.spyOn(database, 'runText');
  await work();
  const names = named.mock.calls.map(([{ name }]) => name).filter((name) => name.startsWith('products.'));
  const texts = unnamed.mock.calls.map(([text]) => text).filter((text) => text.includes('catalogue_entries'));
  named.mockRestore();
  unnamed.mockRestore();
  return names.length + texts.length;
}

test('products that are asked for together are read by one statement', async () => {
  const { rows } = await shop.db.query<{ id: string }>('SELECT id FROM products ORDER BY id LIMIT 9');
  const ids = rows.map(({ id }) => id);
  const read = async () => {
    const found = await Promise.all([...ids, newId()].map((id) => catalogue.findById(id)));
    expect(found.map((row) => row?.id)).toEqual([...ids, undefined]);
  };
  expect(await statementsOf(read)).toBe(1);
});

test.each([
  [1, {}],
  [2, { q: 'lamp' }],
  [3, { q: 'lmap' }],
  [2, { inStock: true }],
  [2, { category: 'none' }],
  [3, { minPrice: 0n }],
  [2, { q: 'lamp', minPrice: 0n, category: 'none', inStock: false }],
])('a page takes %i statements for %j, however many rows it has', async (statements, filter) => {
  for (const limit of [1, 10, 101]) {
    const read = () => catalogue.list({ ...filter }, 'relevance', { limit, offset: 0 });
    expect(await statementsOf(read)).toBe(statements);
  }
});

test('page, total and facets of a request find out but once what it asks', async () => {
  const filter = { q: 'lamp' };
  const statements = await statementsOf(async () => {
    await catalogue.list(filter, 'price', { limit: 5, offset: 0 });
    expect(await catalogue.summary(filter, true)).toEqual({ total: 12, isExact: true, lowest: 0n, highest: 2n });
    expect(await catalogue.categoryFacet(filter)).toEqual([]);
  });
  expect(statements).toBe(5);
});

test('a page that is read again with the same filter object counts again', async () => {
  const filter = { q: 'lamp' };
  await catalogue.list(filter, 'price', { limit: 5, offset: 0 });
  const { total } = await catalogue.summary(filter, false);
  await createProduct(shop.db, { name: 'Another lamp' });
  expect((await catalogue.summary(filter, false)).total).toBe(total);
  await catalogue.list(filter, 'price', { limit: 5, offset: 0 });
  expect((await catalogue.summary(filter, false)).total).toBe(total + 1);
});
