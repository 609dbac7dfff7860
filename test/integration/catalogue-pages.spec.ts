import { newId } from '../../src/common/ids.js';
import { CatalogueRepository } from '../../src/modules/products/catalogue.repository.js';
import { SORT_KEYS } from '../../src/modules/products/catalogue-sorts.js';
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

test.each([
  [1, {}],
  [3, { q: 'lamp' }],
  [4, { q: 'lmap' }],
  [2, { inStock: true }],
  [2, { category: 'none' }],
  [3, { minPrice: 0n }],
  [3, { q: 'lamp', minPrice: 0n, category: 'none', inStock: false }],
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
