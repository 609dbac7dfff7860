import { newId } from '../../src/common/ids.js';
import { CatalogueRepository } from '../../src/modules/products/catalogue.repository.js';
import { SORT_KEYS } from '../../src/modules/products/catalogue-sorts.js';
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
      const whole = await catalogue.list(filter, sort, window);
      const ids = await catalogue.pageOfIds(filter, sort, window);
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
