import { newId } from '../../src/common/ids.js';
import { CatalogueRepository } from '../../src/modules/products/catalogue.repository.js';
import type { CatalogueFilter } from '../../src/modules/products/catalogue-filter.js';
import { CatalogueUpkeepRepository } from '../../src/modules/products/catalogue-upkeep.repository.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { emptyTables } from '../support/tables.js';

let shop: TestApp;
let catalogue: CatalogueRepository;

beforeAll(async () => {
  shop = await startApp();
  catalogue = shop.app.get(CatalogueRepository, { strict: false });
});
afterAll(() => shop.close());
beforeEach(() => emptyTables(shop.db, 'products', 'categories'));

interface Thing {
  readonly name: string;
  readonly sku?: string;
  readonly description?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly category?: string;
  readonly stock?: number;
  readonly price?: bigint;
}

async function put({ name, sku, description = '', attributes = {}, category, ...rest }: Thing): Promise<string> {
  const { id } = await createProduct(shop.db, { name, ...(sku === undefined ? {} : { sku }), ...rest });
  await shop.db.query('UPDATE products SET description = $2, attributes = $3, category_id = $4 WHERE id = $1', [
    ...[id, description, JSON.stringify(attributes), category ?? null],
  ]);
  return id;
}

const found = async (filter: CatalogueFilter): Promise<string[]> =>
  (await catalogue.list({ ...filter }, 'relevance', { limit: 50, offset: 0 })).map(({ name }) => name);

describe('a search', () => {
  test('ranks the SKU, what begins so, all words in the name, all words anywhere', async () => {
    await put({ name: 'Anything', description: 'made for oak 12' });
    await put({ name: 'A chair, oak 12' });
    await put({ name: 'Oak 12 lamp' });
    await put({ name: 'Prefix', sku: 'OAK-12-B' });
    await put({ name: 'Exact', sku: 'oak-12' });
    await put({ name: 'Oak alone' });
    expect(await found({ q: 'OAK-12' })).toEqual(['Exact', 'Prefix', 'Oak 12 lamp', 'A chair, oak 12', 'Anything']);
  });

  test.each([
    ['creme brulee', 'Crème Brûlée'],
    ['CRÈME', 'Crème Brûlée'],
    ['strasse', 'Straße 7'],
    ['STRAẞE', 'Straße 7'],
    ['istanbul', 'İstanbul kilimi'],
    ['ISTANBUL KILIM', 'İstanbul kilimi'],
    ['isik', 'Işık'],
    ['茶碗', '抹茶碗'],
    ['лампа', 'ЛАМПА'],
    ['smorgas', 'Smørgås'],
    ['wifi', 'ＷｉＦｉ router'],
    ['x² 3', 'x2 3'],
    ['café', 'Cafe\u0301'],
  ])('for %s finds %s', async (q, name) => {
    await put({ name });
    await put({ name: 'Something else' });
    expect(await found({ q })).toEqual([name]);
  });

  test('finds words of the description and of attributes, and the last word by its beginning', async () => {
    await put({ name: 'Mug', description: 'Thrown by hand.', attributes: { glaze: 'Celadon green' } });
    expect(await found({ q: 'hand celad' })).toEqual(['Mug']);
    expect(await found({ q: 'cel hand' })).toEqual([]);
    expect(await found({ q: 'glaze' })).toEqual([]);
  });

  test('corrects words that no product has, and no others', async () => {
    await put({ name: 'Oak lamp' });
    await put({ name: 'Oak stamp' });
    await put({ name: 'Wireless headphones' });
    expect(await found({ q: 'oak lmap' })).toEqual(['Oak lamp']);
    expect(await found({ q: 'wireles hedphones' })).toEqual(['Wireless headphones']);
    expect(await found({ q: 'stamp' })).toEqual(['Oak stamp']);
    expect(await found({ q: 'oak zebra' })).toEqual([]);
    // Short words and those with digits are meant as they stand.
    expect(await found({ q: 'oka' })).toEqual([]);
    expect(await found({ q: 'lamp1' })).toEqual([]);
  });

  test('finds what has come just now, and not what has gone or changed', async () => {
    const id = await put({ name: 'Zither', stock: 0 });
    expect(await found({ q: 'zither' })).toEqual(['Zither']);
    await shop.db.query(`UPDATE products SET name = 'Viola' WHERE id = $1`, [id]);
    expect([await found({ q: 'zither' }), await found({ q: 'viola' })]).toEqual([[], ['Viola']]);
    await shop.db.query('UPDATE products SET active = false WHERE id = $1', [id]);
    expect(await found({ q: 'viola' })).toEqual([]);
    await shop.db.query('UPDATE products SET active = true WHERE id = $1', [id]);
    expect(await found({ q: 'viola' })).toEqual(['Viola']);
    await shop.db.query('DELETE FROM products WHERE id = $1', [id]);
    expect(await found({ q: 'viola' })).toEqual([]);
  });

  test('finds a SKU of signs alone by itself', async () => {
    await put({ name: 'Star', sku: '★' });
    expect(await found({ q: '★' })).toEqual(['Star']);
    expect(await found({ q: '☆' })).toEqual([]);
  });

  const hostile = [
    ...[
      "'",
      '"',
      '\\',
      "'; DROP TABLE products; --",
      '%',
      '_',
      '*',
      ':*',
      '&',
      '|',
      '!',
      '<->',
      '((((',
      "''''",
      '\\\\',
    ],
    ...[
      'a:*',
      "a':*b",
      '!a & !b',
      'a <2> b',
      '\u00bd \u2153',
      'ŉ',
      '👩‍👩‍👧',
      '茶',
      '𠀋',
      '\u0300',
      'ﷺ'.repeat(200),
      'İ'.repeat(200),
    ],
    ...['a '.repeat(100), 'ab,'.repeat(66), 'lamp|'.repeat(40), `${'x'.repeat(24)} `.repeat(8), '\u202e\u200b\u00ad'],
  ];
  test.each(hostile)('takes %j for a text like any other', async (q) => {
    await put({ name: 'Lamp' });
    for (const sort of ['relevance', 'name'] as const) {
      const filter = { q: q.slice(0, 200).trim() };
      const rows = await catalogue.list(filter, sort, { limit: 5, offset: 0 });
      const { total } = await catalogue.summary(filter, true);
      expect([await catalogue.categoryFacet(filter), total]).toEqual([[], rows.length]);
    }
  });

  test('is bounded in the request, and never answered by an error of the server', async () => {
    const answers = ['x'.repeat(201), 'x'.repeat(7_000), '\u0000', 'a\u0000b', '\ud800'].map((q) =>
      shop.http.get(`/api/products?q=${q.isWellFormed() ? encodeURIComponent(q) : '%ED%A0%80'}`),
    );
    for (const { status, body } of await Promise.all(answers)) {
      if (status !== 200) expect(body).toMatchObject({ status: 400, errors: [{ path: 'q' }] });
    }
    const long = await shop.http.get(`/api/products?q=${'x'.repeat(50_000)}`);
    expect(long.status).toBeGreaterThanOrEqual(400);
    expect(long.status).toBeLessThan(500);
  });
});

describe('the kept counts', () => {
  const upkeep = () => shop.app.get(CatalogueUpkeepRepository, { strict: false });
  const kept = async (): Promise<unknown> =>
    (
      await shop.db.query(
        `SELECT whole, category_id, in_stock, sum(products)::int AS products FROM catalogue_counts
         GROUP BY 1, 2, 3 HAVING sum(products) <> 0 ORDER BY 1, 2, 3`,
      )
    ).rows;
  const counted = async (): Promise<unknown> =>
    (
      await shop.db.query(
        `SELECT * FROM (
           SELECT false AS whole, category_id, stock > 0 AS in_stock, count(*)::int AS products FROM products
           WHERE active AND archived_at IS NULL GROUP BY 2, 3
           UNION ALL SELECT true, NULL, stock > 0, count(*)::int FROM products
           WHERE active AND archived_at IS NULL GROUP BY 3) c ORDER BY 1, 2, 3`,
      )
    ).rows;

  test('equal what is counted, whatever happens to products, before and after they are summed up', async () => {
    const categories = [newId(), newId()];
    for (const id of categories) {
      await shop.db.query(
        `INSERT INTO categories (id, slug, name, created_at, updated_at) VALUES ($1, $2, $2, now(), now())`,
        [id, id],
      );
    }
    const ids: string[] = [];
    for (let index = 0; index < 8; index += 1) {
      const category = categories[index % 3];
      ids.push(
        await put({ name: `Thing ${index}`, stock: index % 2, ...(category === undefined ? {} : { category }) }),
      );
    }
    const changes = [
      `UPDATE products SET stock = stock + 1 WHERE id = $1`,
      `UPDATE products SET stock = 0 WHERE id = $1`,
      `UPDATE products SET active = false, stock = 5 WHERE id = $1`,
      `UPDATE products SET active = true WHERE id = $1`,
      `UPDATE products SET category_id = '${categories[0]}', stock = 0, name = 'Other' WHERE id = $1`,
      `UPDATE products SET archived_at = now() WHERE id = $1`,
      `DELETE FROM categories WHERE id = $1 OR id = '${categories[1]}'`,
    ];
    for (const [index, change] of changes.entries()) {
      for (const id of ids.slice(0, 1 + (index % 4))) await shop.db.query(change, [id]);
      expect(await kept()).toEqual(await counted());
    }
    expect(await upkeep().sumCounts()).toBeGreaterThan(0);
    expect(await upkeep().sumCounts()).toBe(0);
    expect(await kept()).toEqual(await counted());
  });

  test('are summed up by many at once without a product lost or counted twice', async () => {
    for (let index = 0; index < 20; index += 1) await put({ name: `Thing ${index}` });
    const more = Array.from({ length: 10 }, (_, index) => put({ name: `More ${index}`, stock: 0 }));
    await Promise.all([...Array.from({ length: 4 }, () => upkeep().sumCounts()), ...more]);
    expect(await kept()).toEqual(await counted());
  });

  test('words are forgotten when the last product that has them goes', async () => {
    const id = await put({ name: 'Zither stand' });
    await put({ name: 'Lamp stand' });
    await shop.db.query('UPDATE products SET archived_at = now() WHERE id = $1', [id]);
    await shop.db.query(`INSERT INTO catalogue_words (word) VALUES ('stand')`);
    for (let last: bigint | undefined = 0n; last !== undefined; ) last = await upkeep().forgetWords(last);
    const { rows } = await shop.db.query(`SELECT word FROM catalogue_words WHERE length(word) > 3 ORDER BY word`);
    const told = rows.map(({ word }) => word).filter((word) => !/^[a-f]+$/.test(word));
    expect(told).toEqual(['lamp', 'stand']);
  });
});

test('a sale changes nothing that lists read, unless it takes the last unit', async () => {
  const id = await put({ name: 'Lamp', stock: 5 });
  const place = async (): Promise<unknown> =>
    (await shop.db.query('SELECT ctid, xmin, in_stock FROM catalogue_entries WHERE product_id = $1', [id])).rows[0];
  const before = await place();
  await shop.db.query(
    'UPDATE products SET stock = stock - 4, version = version + 1, updated_at = now() WHERE id = $1',
    [id],
  );
  expect(await place()).toEqual(before);
  await shop.db.query(
    'UPDATE products SET stock = stock - 1, version = version + 1, updated_at = now() WHERE id = $1',
    [id],
  );
  expect(await place()).toMatchObject({ in_stock: false });
  const { rows } = await shop.db.query(
    `SELECT indexdef FROM pg_indexes WHERE tablename = 'products' AND indexdef ~ '(stock|updated_at|version)'`,
  );
  expect(rows).toEqual([]);
});
