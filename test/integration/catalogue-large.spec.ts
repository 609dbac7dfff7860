import { CatalogueRepository } from '../../src/modules/products/catalogue.repository.js';
import { CatalogueUpkeepRepository } from '../../src/modules/products/catalogue-upkeep.repository.js';
import { startApp, type TestApp } from '../support/app.js';

/** Just more than are counted whole. */
const PRODUCTS = 20_100;

let shop: TestApp;
let catalogue: CatalogueRepository;

beforeAll(async () => {
  shop = await startApp({ WORKER: 'off' });
  catalogue = shop.app.get(CatalogueRepository, { strict: false });
  // Every third has one of a hundred words that begin with "bran", every hundredth is of oak, one in a thousand is rare.
  await shop.db.query(
    `INSERT INTO products (id, sku, slug, name, description, price, currency, stock, attributes, images, active, version,
       created_at, updated_at)
     SELECT gen_random_uuid(), 'P-' || n, 'p-' || n,
       CASE n % 100 WHEN 7 THEN 'Oak ' ELSE 'The ' END || 'lamp ' || n % 10,
       CASE n % 3 WHEN 0 THEN 'bran' || chr(97 + n / 3 % 10) || chr(97 + n / 30 % 10) ELSE '' END
         || CASE n % 1000 WHEN 8 THEN ' rare' ELSE '' END,
       100, 'USD', 0, '{}', '[]', true, 1, now(), now()
     FROM generate_series(1, $1::int) n`,
    [PRODUCTS],
  );
  await shop.db.query('ANALYZE');
});
afterAll(() => shop.close());

interface Found {
  readonly skus: readonly string[];
  readonly total: number;
  readonly isExact: boolean;
}

/** The first products of a search, and how many it says there are. */
async function search(q: string): Promise<Found> {
  const filter = { q };
  const rows = await catalogue.list(filter, 'relevance', { limit: 50, offset: 0 });
  return { skus: rows.map(({ sku }) => sku), ...(await catalogue.summary(filter, false)) };
}

/** The same by the definition, where neither a SKU nor the beginning of a name matches: titles first, then the newest. */
async function newest(tsquery: string): Promise<string[]> {
  const { rows } = await shop.db.query<{ sku: string }>(
    `SELECT p.sku FROM catalogue_entries e JOIN products p ON p.id = e.product_id WHERE e.document @@ $1::tsquery
     ORDER BY e.title @@ $1::tsquery DESC, e.number DESC LIMIT 50`,
    [tsquery],
  );
  return rows.map(({ sku }) => sku);
}

const RARE = { total: 21, isExact: true };
const OAK = { total: 201, isExact: true };
const MORE = { total: 1_000, isExact: false };

test('a search that finds too much to be gathered gives the same page whether or not words were counted', async () => {
  const searches: [string, string, object][] = [
    ['lamp', `'lamp'`, MORE],
    ['lamp bran', `'lamp' & 'bran':*`, MORE],
    ['lamp oak', `'lamp' & 'oak'`, OAK],
    ['lamp rare', `'lamp' & 'rare'`, RARE],
  ];
  const before = [];
  for (const [q, tsquery, counted] of searches) {
    const found = await search(q);
    expect(found).toMatchObject({ skus: await newest(tsquery), ...counted });
    before.push(found.skus);
  }
  await shop.app.get(CatalogueUpkeepRepository, { strict: false }).countWords(1);
  const after = [];
  for (const [q] of searches) after.push(await search(q));
  expect(after.map(({ skus }) => skus)).toEqual(before);
  expect(after.map(({ isExact }) => isExact)).toEqual([false, false, true, true]);
  expect(after.slice(2)).toMatchObject([OAK, RARE]);
});

test('words that only begin as the last one are estimated all together, not by the most frequent of them', async () => {
  await shop.app.get(CatalogueUpkeepRepository, { strict: false }).countWords(1);
  const { total } = await search('lamp bran');
  // A third less those that would have two of them, which no product has here.
  expect(total).toBeGreaterThan((PRODUCTS / 3) * 0.8);
  expect(total).toBeLessThan(PRODUCTS / 3 + 1);
});

test('a page beyond all that was found is empty and counted', async () => {
  const filter = { q: 'lamp rare' };
  expect(await catalogue.list(filter, 'relevance', { limit: 10, offset: 100 })).toEqual([]);
  expect(await catalogue.summary(filter, false)).toEqual(RARE);
  const beyond = await catalogue.list({ q: 'lamp' }, 'relevance', { limit: 10, offset: 9_000 });
  expect(beyond).toHaveLength(10);
});
