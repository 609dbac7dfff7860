import { Readable } from 'node:stream';
import { newId } from '../../src/common/ids.js';
import { CatalogueExportService } from '../../src/modules/products/export/catalogue-export.service.js';
import { CatalogueImportService } from '../../src/modules/products/import/catalogue-import.service.js';
import type { ImportReport, RefusedRow } from '../../src/modules/products/import/import-report.js';
import type { ImportFormat } from '../../src/modules/products/import/row-batches.js';
import { EventConsumers } from '../../src/platform/outbox/event-consumers.js';
import { Outbox } from '../../src/platform/outbox/outbox.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';
import { emptyTables } from '../support/tables.js';

let shop: TestApp;
let manager: TestUser;

beforeAll(async () => {
  shop = await startApp();
  manager = await createCustomer(shop, 'manager');
});
afterAll(() => shop.close());
beforeEach(() => emptyTables(shop.db, 'products', 'product_groups', 'outbox_events'));

interface Outcome extends ImportReport {
  readonly bad: readonly (readonly [number, string, string])[];
}

async function load(text: string, format: ImportFormat = 'csv'): Promise<Outcome> {
  const bad: RefusedRow[] = [];
  const imports = shop.app.get(CatalogueImportService, { strict: false });
  const source = Readable.from([Buffer.from(text)]);
  const report = await imports.run(source, { format, onRefused: (row) => bad.push(row) });
  return { ...report, bad: bad.map(({ line, column, code }) => [line, column, code]) };
}

async function exported(format: ImportFormat): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of await shop.app.get(CatalogueExportService, { strict: false }).open(format)) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** Past the cache of the catalogue, as the API shows it. */
async function product(sku: string) {
  const { rows } = await shop.db.query('SELECT id FROM products WHERE sku = $1', [sku]);
  return (await shop.http.get(`/api/products/${rows[0].id}`).expect(200)).body;
}

const post = (path: string, body: object) => shop.http.post(path).set(manager.bearer).send(body);
const makeGroup = async (fields: object = {}): Promise<string> =>
  (await post('/api/product-groups', { name: `Shirt ${newId()}`, ...fields }).expect(201)).body.id;
const START = Date.now();
const day = (offset: number): string => new Date(START + offset * 86_400_000).toISOString();

describe('sale prices in a file', () => {
  const HEADER = 'sku,name,price,salePrice,saleStartsAt,saleEndsAt\n';

  test('are charged in their period, and what a file does not say of them stays', async () => {
    const file = `${HEADER}A,Now,10.00,8.00,,${day(3)}\nB,Later,10.00,7.50,${day(1)},${day(2)}\nC,Over,10.00,6.00,,${day(-1)}\n`;
    expect(await load(file)).toMatchObject({ created: 3, refused: 0 });
    const sale = { price: '8.00', from: null, to: day(3) };
    expect(await product('A')).toMatchObject({ price: '8.00', regularPrice: '10.00', salePrice: sale });
    const later = { price: '7.50', from: day(1), to: day(2) };
    expect(await product('B')).toMatchObject({ price: '10.00', regularPrice: '10.00', salePrice: later });
    expect(await product('C')).toMatchObject({ price: '10.00', salePrice: null });
    expect(await load(file)).toMatchObject({ unchanged: 3 });
    expect(await load('sku,name,price\nA,Now,11.00\n')).toMatchObject({ updated: 1 });
    expect(await product('A')).toMatchObject({ price: '8.00', regularPrice: '11.00', salePrice: sale });
    expect(await load(`${HEADER}A,Now,11.00,9.00,,\n`)).toMatchObject({ updated: 1 });
    expect(await product('A')).toMatchObject({ price: '9.00', salePrice: { price: '9.00', from: null, to: null } });
    const { rows } = await shop.db.query('SELECT sku, next_price_change_at AS at FROM products ORDER BY sku');
    expect(rows).toEqual([
      { sku: 'A', at: null },
      { sku: 'B', at: new Date(day(1)) },
      { sku: 'C', at: null },
    ]);
  });

  test('may stand in NDJSON as the API has them', async () => {
    const row = { sku: 'A', name: 'Mug', price: '10.00', salePrice: { price: 8, from: null, to: day(1) } };
    expect(await load(JSON.stringify(row), 'ndjson')).toMatchObject({ created: 1 });
    expect(await product('A')).toMatchObject({ price: '8.00', salePrice: { price: '8.00', from: null, to: day(1) } });
  });

  test('that make no sense are refused by their column', async () => {
    const rows = [
      'A,a,10.00,10.00,,',
      'B,b,10.00,-1,,',
      'C,c,10.00,9.00,tomorrow,',
      'D,d,10.00,9.00,,2026-02-30T00:00:00Z',
      `E,e,10.00,9.00,${day(2)},${day(1)}`,
      `F,f,10.00,,${day(1)},`,
      `G,g,10.00,,,${day(1)}`,
      'H,h,10.00,"{""price"":9,""until"":1}",,',
    ];
    const { bad, created } = await load(HEADER + rows.join('\n'));
    expect(created).toBe(0);
    expect(bad).toEqual([
      [2, 'salePrice', 'invalid'],
      [3, 'salePrice', 'invalid'],
      [4, 'saleStartsAt', 'invalid'],
      [5, 'saleEndsAt', 'invalid'],
      [6, 'saleEndsAt', 'invalid'],
      [7, 'saleStartsAt', 'invalid'],
      [8, 'saleEndsAt', 'invalid'],
      [9, 'salePrice', 'invalid'],
    ]);
  });
});

describe('groups of variants in a file', () => {
  const HEADER = 'sku,name,price,groupId,options\n';
  const row = (sku: string, groupId: string, options: object | ''): string =>
    `${sku},Shirt,10.00,${groupId},"${options === '' ? '' : JSON.stringify(options).replaceAll('"', '""')}"\n`;

  test('take up products, by the options that the first of them names', async () => {
    const id = await makeGroup();
    const file = HEADER + row('A', id, { size: 'M' }) + row('B', id, { size: 'L' });
    expect(await load(file)).toMatchObject({ created: 2 });
    const { body: group } = await shop.http.get(`/api/product-groups/${id}`).expect(200);
    expect(group.optionNames).toEqual(['size']);
    expect(group.members.map(({ sku }: { sku: string }) => sku)).toEqual(['A', 'B']);
    expect(await product('B')).toMatchObject({ groupId: id, options: { size: 'L' } });
    expect(await load(file)).toMatchObject({ unchanged: 2 });
    expect(await load('sku,name,price\nA,Shirt,11.00\n')).toMatchObject({ updated: 1 });
    expect(await product('A')).toMatchObject({ groupId: id, options: { size: 'M' } });
    expect(await load(HEADER + row('A', '', { size: 'XL' }))).toMatchObject({ updated: 1 });
    expect(await product('A')).toMatchObject({ groupId: id, options: { size: 'XL' } });
    const other = await makeGroup({ optionNames: ['size'] });
    expect(await load(HEADER + row('A', other, ''))).toMatchObject({ updated: 1 });
    expect(await product('A')).toMatchObject({ groupId: other, options: { size: 'XL' } });
  });

  test('that a row cannot join are refused by their column', async () => {
    const id = await makeGroup({ optionNames: ['size'] });
    await load(HEADER + row('M', id, { size: 'M' }));
    const rows = [
      row('A', newId(), { size: 'S' }),
      row('B', 'shirts', { size: 'S' }),
      row('C', id, ''),
      row('D', id, { colour: 'blue' }),
      row('E', id, { size: 'M' }),
      row('F', id, { size: 'S' }),
      row('G', id, { size: 'S' }),
      row('H', '', { size: 'S' }),
      'I,Shirt,10.00,,{size:1}\n',
    ];
    const { bad, created } = await load(HEADER + rows.join(''));
    expect(created).toBe(1);
    expect([...bad].sort(([one], [other]) => one - other)).toEqual([
      [2, 'groupId', 'invalid'],
      [3, 'groupId', 'invalid'],
      [4, 'options', 'invalid'],
      [5, 'options', 'invalid'],
      [6, 'options', 'variant_taken'],
      [8, 'options', 'variant_taken'],
      [9, 'options', 'invalid'],
      [10, 'options', 'invalid'],
    ]);
  });

  test('are made where they are not there and have a name', async () => {
    const id = newId();
    const file = `sku,name,price,groupId,group,options\n${['S', 'M']
      .map((size) => `${size},Shirt,1.00,${id},Shirt of linen,"{""size"":""${size}""}"\n`)
      .join('')}`;
    expect(await load(file)).toMatchObject({ created: 2, refused: 0 });
    const { body: group } = await shop.http.get(`/api/product-groups/${id}`).expect(200);
    expect(group).toMatchObject({ id, name: 'Shirt of linen', slug: 'shirt-of-linen', optionNames: ['size'] });
    expect(group.members).toHaveLength(2);
    expect(await load(file.replaceAll('linen', 'wool'))).toMatchObject({ unchanged: 2 });
    expect((await load('sku,name,price,group\nA,Shirt,1.00,Shirt\n')).bad).toEqual([[2, 'group', 'invalid']]);
  });

  test('have as many members from a file as there can be', async () => {
    const id = await makeGroup({ optionNames: ['size'] });
    const rows = Array.from({ length: 201 }, (_, index) => row(`S-${index}`, id, { size: `${index}` }));
    const { bad, created } = await load(HEADER + rows.join(''));
    expect([created, bad]).toEqual([200, [[202, 'groupId', 'invalid']]]);
  });
});

test.each(['csv', 'ndjson'] as const)('all that a product has comes back from its export as %s', async (format) => {
  const groupId = await makeGroup();
  const salePrice = { price: '8.00', from: null, to: day(5) };
  const fields = {
    name: 'Shirt',
    price: '10.00',
    salePrice,
    groupId,
    lowStockThreshold: 3,
    weight: 250,
    stock: 2,
    taxCategory: 'reduced',
  };
  for (const size of ['M', 'L']) await post('/api/products', { ...fields, sku: size, options: { size } }).expect(201);
  await post('/api/products', { sku: 'plain', name: 'Plain', price: '1.00' }).expect(201);
  const file = await exported(format);
  const before = await Promise.all(['M', 'L', 'plain'].map(product));
  expect(await load(file, format)).toMatchObject({ processed: 3, unchanged: 3, refused: 0 });
  await emptyTables(shop.db, 'products', 'product_groups');
  expect(await load(file, format)).toMatchObject({ created: 3, refused: 0 });
  const after = await Promise.all(['M', 'L', 'plain'].map(product));
  const lasting = ({ id, version, createdAt, updatedAt, ...others }: Record<string, unknown>) => others;
  expect(after.map(lasting)).toEqual(before.map(lasting));
  expect(await exported(format)).toBe(file);
  const { rows } = await shop.db.query(
    `SELECT low_stock_threshold AS low, weight, tax_category AS category FROM products WHERE sku IN ('M', 'plain') ORDER BY sku`,
  );
  expect(rows).toEqual([
    { low: 3, weight: 250, category: 'reduced' },
    { low: null, weight: null, category: 'standard' },
  ]);
  expect(await brokenInvariants(shop.db)).toEqual({});
});

test('an imported product is told as one that is made by a request', async () => {
  const fields = { name: 'Mug “350”', price: '0.05', stock: 4, active: false };
  await post('/api/products', { ...fields, sku: 'A' }).expect(201);
  await load(JSON.stringify({ ...fields, sku: 'B' }), 'ndjson');
  const { rows } = await shop.db.query(
    `SELECT e.type, e.data - 'productId' - 'sku' - 'slug' AS data FROM outbox_events e
     JOIN products p ON p.id = e.aggregate_id ORDER BY p.sku, e.position`,
  );
  expect(rows.map(({ type }) => type)).toEqual([
    'product.created',
    'stock.changed',
    'product.created',
    'stock.changed',
  ]);
  expect(rows.slice(2)).toEqual(rows.slice(0, 2));
  expect(rows[0].data).toMatchObject({ price: '0.05', version: 1, active: false });
});

test('events of an import go to who consumes them; those that nobody waits for are published with their cause', async () => {
  const outbox = shop.app.get(Outbox, { strict: false });
  await eventually(() => expect(outbox.passesOver('stock.changed')).toBe(true));
  const told = jest.fn(async () => undefined);
  const types = ['stock.changed'];
  shop.app.get(EventConsumers, { strict: false }).register({ name: 'test.levels', types, handle: told });
  await load('sku,name,price,stock\nA,Mug,1.00,2\nB,Cup,1.00,0\n');
  await eventually(() => expect(told).toHaveBeenCalledTimes(1));
  const { rows } = await shop.db.query(
    'SELECT type, published_at = occurred_at AS at_once FROM outbox_events ORDER BY type',
  );
  expect(rows.filter(({ type }) => type === 'product.created').map(({ at_once }) => at_once)).toEqual([true, true]);
  expect(rows.filter(({ at_once }) => at_once)).toHaveLength(2);
});
