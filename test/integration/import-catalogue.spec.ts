import { createReadStream, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { seedShop } from '../../src/cli/seed-shop.js';
import {
  CatalogueImportService,
  type ImportOptions,
} from '../../src/modules/products/import/catalogue-import.service.js';
import { parseColumnMap } from '../../src/modules/products/import/import-columns.js';
import type { BatchStep, ImportReport, RefusedRow } from '../../src/modules/products/import/import-report.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { emptyTables } from '../support/tables.js';

let shop: TestApp;

beforeAll(async () => {
  // Batches that wait for each other wait as long as a lock is waited for.
  shop = await startApp({ DATABASE_LOCK_TIMEOUT_MS: '400' });
});
afterAll(() => shop.close());
beforeEach(() => emptyTables(shop.db, 'products', 'categories', 'outbox_events'));

interface Outcome extends ImportReport {
  readonly bad: readonly RefusedRow[];
}

async function run(source: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<Outcome> {
  const bad: RefusedRow[] = [];
  const service = shop.app.get(CatalogueImportService, { strict: false });
  const report = await service.run(source, { ...options, onRefused: (row) => bad.push(row) });
  return { ...report, bad };
}

const csv = (text: string, options: Partial<ImportOptions> = {}): Promise<Outcome> =>
  run(Readable.from([Buffer.from(text)]), { format: 'csv', ...options });

const events = async (): Promise<Record<string, number>> => {
  const { rows } = await shop.db.query('SELECT type, count(*)::int AS count FROM outbox_events GROUP BY type');
  return Object.fromEntries(rows.map(({ type, count }) => [type, count]));
};

const inventory = async () =>
  (
    await shop.db.query(
      `SELECT p.sku, p.slug, p.name, p.price::int, p.stock, p.version, c.name AS category,
         coalesce((SELECT sum(delta) FROM stock_movements m WHERE m.product_id = p.id), 0)::int AS moved
       FROM products p LEFT JOIN categories c ON c.id = p.category_id ORDER BY p.id`,
    )
  ).rows;

const FILE = `sku,name,price,stock,description,category,attributes,images
A,Mug,12.50,3,Blue,Kitchen,"{""colour"":""blue""}",/a.png /b.png
B,Mug,9.00,,,Kitchen,,
a,Lamp,40,0,,Lighting,,
`;

describe('an import', () => {
  test('makes products with their categories, slugs, first receipts and events', async () => {
    expect(await csv(FILE)).toMatchObject({ processed: 3, created: 3, refused: 0, categories: 2 });
    expect(await inventory()).toEqual([
      { sku: 'A', slug: 'mug', name: 'Mug', price: 1_250, stock: 3, version: 1, category: 'Kitchen', moved: 3 },
      { sku: 'B', slug: 'mug-b', name: 'Mug', price: 900, stock: 0, version: 1, category: 'Kitchen', moved: 0 },
      { sku: 'a', slug: 'lamp', name: 'Lamp', price: 4_000, stock: 0, version: 1, category: 'Lighting', moved: 0 },
    ]);
    expect(await events()).toEqual({ 'product.created': 3, 'stock.changed': 1 });
    const { body } = await shop.http.get('/api/products/mug');
    expect(body).toMatchObject({ description: 'Blue', attributes: { colour: 'blue' }, images: ['/a.png', '/b.png'] });
  });

  test('changes nothing the second time', async () => {
    await csv(FILE);
    const before = await inventory();
    expect(await csv(FILE)).toMatchObject({ processed: 3, created: 0, updated: 0, unchanged: 3, categories: 0 });
    expect(await inventory()).toEqual(before);
    expect(await events()).toEqual({ 'product.created': 3, 'stock.changed': 1 });
  });

  test('changes what differs, keeps what is not given, and sets stock by the ledger', async () => {
    await csv(FILE);
    const { rows } = await shop.db.query(`SELECT id FROM products WHERE sku = 'A'`);
    const shown = () => shop.http.get(`/api/products/${rows[0].id}`);
    await shown();
    const report = await csv('sku,name,price,stock\nA,Mug,13.00,1\nB,Mug,9.00,5\na,Lamp,40.00,\n');
    expect(report).toMatchObject({ updated: 2, unchanged: 1 });
    const [a, b] = await inventory();
    expect(a).toMatchObject({ price: 1_300, stock: 1, version: 2, category: 'Kitchen', moved: 1 });
    expect(b).toMatchObject({ price: 900, stock: 5, version: 2, moved: 5 });
    expect(await events()).toEqual({ 'product.created': 3, 'product.updated': 1, 'stock.changed': 3 });
    expect((await shown()).body).toMatchObject({ price: '13.00', stock: 1, description: 'Blue' });
    const ledger = await shop.db.query(`SELECT reason FROM stock_movements WHERE reason = 'adjustment'`);
    expect(ledger.rowCount).toBe(2);
  });

  test('keeps nothing of a dry run, but tells what it would do', async () => {
    expect(await csv(FILE, { dryRun: true })).toMatchObject({ created: 3, categories: 2 });
    expect(await inventory()).toEqual([]);
    expect(await events()).toEqual({});
    const { rowCount } = await shop.db.query('SELECT 1 FROM categories');
    expect(rowCount).toBe(0);
  });

  test('refuses bad rows with line, column and reason, and takes the others', async () => {
    const { bad, ...report } = await csv('sku,name,price\nA,Mug,1.999\n,Cup,1\nC,Jar,2\nC,Jug,3\nD,Pot\n');
    expect(report).toMatchObject({ processed: 5, created: 1, refused: 4 });
    expect(bad.map(({ line, column, code }) => [line, column, code])).toEqual([
      [2, 'price', 'invalid'],
      [3, 'sku', 'missing'],
      [5, 'sku', 'duplicate_sku'],
      [6, '', 'malformed'],
    ]);
    expect(await inventory()).toMatchObject([{ sku: 'C', name: 'Jar' }]);
  });

  test('gives the regular price, which stays above the sale price and leaves it charged', async () => {
    await csv('sku,name,price\nA,Mug,10.00\nB,Cup,10.00\n');
    await shop.db.query(`UPDATE products SET sale_price = 700, price = 700, regular_price = 1000 WHERE sku = 'A'`);
    await shop.db.query(`UPDATE products SET sale_price = 700, sale_from = '2099-01-01' WHERE sku = 'B'`);
    expect(await csv('sku,name,price\nA,Mug,10.00\nB,Cup,10.00\n')).toMatchObject({ updated: 0, unchanged: 2 });
    expect(await csv('sku,name,price\nA,Mug,9.00\nB,Cup,9.00\n')).toMatchObject({ updated: 2 });
    const { bad } = await csv('sku,name,price\nA,Mug,7.00\nB,Cup,6.00\n');
    expect(bad).toMatchObject([
      { line: 2, column: 'price', code: 'invalid' },
      { line: 3, column: 'price', code: 'invalid' },
    ]);
    const { rows } = await shop.db.query('SELECT price::int, regular_price::int FROM products ORDER BY sku');
    expect(rows).toEqual([
      { price: 700, regular_price: 900 },
      { price: 900, regular_price: null },
    ]);
  });

  test('does not bring archived products back', async () => {
    await csv('sku,name,price\nA,Mug,1\n');
    await shop.db.query('UPDATE products SET archived_at = now()');
    const { bad, ...report } = await csv('sku,name,price\nA,Mug,2\nB,Cup,1\n');
    expect(report).toMatchObject({ created: 1, updated: 0, refused: 1 });
    expect(bad).toMatchObject([{ line: 2, column: 'sku', code: 'archived_sku' }]);
  });

  test('finds a category by its slug and by its name in any case and script', async () => {
    await csv('sku,name,price,category\nA,A,1,Crème & Café\nB,B,1,茶\n');
    const again = await csv('sku,name,price,category\nC,C,1,creme-cafe\nD,D,1,CRÈME & CAFÉ\nE,E,1,茶\n');
    expect(again).toMatchObject({ created: 3, categories: 0 });
  });

  test('takes the rows before the line where a file breaks, and names that line', async () => {
    const rows = Array.from({ length: 1_200 }, (_, i) => `S${i},Thing ${i},1.00\n`);
    const report = await csv(`sku,name,price\n${rows.join('')}X,"cut`);
    expect(report).toMatchObject({ created: 1_200, broken: { line: 1_202 } });
    expect(await csv('nonsense\n')).toMatchObject({ processed: 0, broken: { line: 1 } });
    const { rows: slugs } = await shop.db.query('SELECT count(DISTINCT slug)::int AS count FROM products');
    expect(slugs).toEqual([{ count: 1_200 }]);
  });

  const named = (count: number, name: string, price: string): string =>
    `sku,name,price\n${Array.from({ length: count }, (_, i) => `S${i},${name},${price}\n`).join('')}`;

  test('comes about batch by batch, the first of a name with the best slug', async () => {
    const lines: number[] = [];
    const keep = async ({ line }: BatchStep): Promise<void> => {
      // By another connection: what has been kept is there for everybody before the next one is.
      const { rows } = await shop.db.query('SELECT count(*)::int AS count FROM products');
      expect(rows).toEqual([{ count: 1_000 * lines.length }]);
      lines.push(line);
    };
    expect(await csv(named(3_500, 'Same name', '1.00'), { keep })).toMatchObject({ created: 3_500, refused: 0 });
    expect(lines).toEqual([1_001, 2_001, 3_001, 3_501]);
    const { rows } = await shop.db.query(`SELECT sku FROM products WHERE slug = 'same-name'`);
    expect(rows).toEqual([{ sku: 'S0' }]);
    const { rows: listed } = await shop.db.query('SELECT sku FROM products ORDER BY created_at, id');
    expect(listed.map(({ sku }) => sku)).toEqual(Array.from({ length: 3_500 }, (_, i) => `S${i}`));
  });

  test('gets on where others hold what one batch needs and wait for what the next one has', async () => {
    await csv(named(2_000, 'Thing', '1.00'));
    const other = await shop.db.connect();
    try {
      await other.query('BEGIN');
      await other.query(`SELECT FROM products WHERE sku = 'S0' FOR UPDATE`);
      const importing = csv(named(2_000, 'Thing', '2.00'));
      await eventually(async () => {
        const { rows } = await shop.db.query(`SELECT FROM products WHERE sku = 'S1999' FOR UPDATE SKIP LOCKED`);
        expect(rows).toHaveLength(0);
      });
      await other.query(`UPDATE products SET description = 'ours' WHERE sku = 'S1999'`);
      await other.query('COMMIT');
      expect(await importing).toMatchObject({ updated: 2_000, refused: 0 });
    } finally {
      other.release();
    }
    const { rows } = await shop.db.query('SELECT DISTINCT price::int FROM products');
    expect(rows).toEqual([{ price: 200 }]);
  });

  test('two of the same file at once make each product once', async () => {
    const rows = Array.from({ length: 700 }, (_, i) => `S${i},Same name,1.00,2,Shelf ${i % 7}\n`).join('');
    const text = `sku,name,price,stock,category\n${rows}`;
    const [one, two] = await Promise.all([csv(text), csv(text)]);
    expect(one.refused + two.refused).toBe(0);
    expect(one.created + two.created).toBe(700);
    const stock = await inventory();
    expect(stock).toHaveLength(700);
    expect(stock.every(({ stock, moved }) => stock === 2 && moved === 2)).toBe(true);
    const { rows: categories } = await shop.db.query('SELECT slug FROM categories ORDER BY slug');
    expect(categories.map(({ slug }) => slug)).toEqual(Array.from({ length: 7 }, (_, i) => `shelf-${i}`));
  });

  test('is seen at once by whoever lists the catalogue', async () => {
    const total = async (): Promise<number> => (await shop.http.get('/api/products')).body.total;
    expect(await total()).toBe(0);
    await csv(FILE);
    expect(await total()).toBe(3);
  });
});

test('an empty shop is seeded once', async () => {
  expect(await seedShop(shop.app)).toEqual({ products: 24, categories: 8 });
  expect(await seedShop(shop.app)).toEqual({ products: 0, categories: 0 });
  const { body } = await shop.http.get('/api/products?category=home&perPage=100');
  expect(body.total).toBe(15);
});

const DATA = resolve('../shared/data');
const withData = existsSync(DATA) ? test : test.skip;

function gunzipped(file: string): Readable {
  return pipeline(createReadStream(join(DATA, file)), createGunzip(), () => undefined);
}

withData('the catalogue of a real wholesaler is imported, and imported again without harm', async () => {
  const map = parseColumnMap('sku=StockCode,name=Description,price=ModalPrice');
  const load = () => run(gunzipped('online-retail/products.csv.gz'), { format: 'csv', map });
  const first = await load();
  expect(first.processed).toBe(4_070);
  expect(first.created + first.refused).toBe(4_070);
  expect(first.bad.every(({ code }) => code === 'missing' || code === 'invalid')).toBe(true);
  expect(await load()).toMatchObject({ created: 0, updated: 0, unchanged: first.created, refused: first.refused });
});

withData('a demonstration catalogue in NDJSON is imported whole', async () => {
  const columns = { description: 'description', category: 'category', images: 'image' };
  const map = { sku: 'id', name: 'name', price: 'price', stock: 'current_stock', ...columns };
  const report = await run(gunzipped('catalogue/demo-products.jsonl.gz'), { format: 'ndjson', map });
  expect(report).toMatchObject({ processed: 2_465, created: 2_465, refused: 0, categories: 20 });
});
