import { gunzipSync } from 'node:zlib';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { startApp, type TestApp } from '../support/app.js';
import { importFile } from '../support/imports.js';
import { emptyTables } from '../support/tables.js';

let shop: TestApp;
let empty: TestApp;
let staff: TestUser;
let others: TestUser;

beforeAll(async () => {
  [shop, empty] = await Promise.all([startApp(), startApp()]);
  staff = await createCustomer(shop, 'manager');
  others = await createCustomer(empty, 'manager');
});
afterAll(() => Promise.all([shop.close(), empty.close()]));

const download = (from: TestApp, by: TestUser, format: string, encoding = 'identity') =>
  fetch(`${from.url}/api/products/export?format=${format}`, { headers: { ...by.bearer, 'accept-encoding': encoding } });

/** What is hard to keep: formulas, quotes, line breaks, paths, twins, what the public does not see. */
async function fill(): Promise<void> {
  const make = (product: object) =>
    shop.http
      .post('/api/products')
      .set(staff.bearer)
      .send({ price: '1.00', ...product })
      .expect(201);
  const category = async (name: string, parentId: string | null): Promise<string> =>
    (await shop.http.post('/api/categories').set(staff.bearer).send({ name, parentId }).expect(201)).body.id;
  const home = await category('Home > Garden\\', null);
  const pots = await category('=Pots', home);
  const twin = await category('=Pots', null);
  await make({ sku: '=1+1', name: '@SUM(A1)', description: ' -two\r\n"lines"  ', category: pots, stock: 3 });
  await make({ sku: "'=x", name: '+49', description: "'quoted", category: twin, attributes: { b: '=2', a: ',' } });
  await make({ sku: 'TWIN-1', name: 'Twin', price: '0.05', images: ['/a|b.png', 'https://cdn.example/x.webp?a=1,2'] });
  await make({ sku: 'TWIN-2', name: 'Twin', category: home, description: '\ttab' });
  await make({ sku: 'HIDDEN', name: 'Hidden 茶🫖', active: false, description: '   ' });
  const { body } = await make({ sku: 'GONE', name: 'Archived' });
  await shop.http.delete(`/api/products/${body.id}`).set(staff.bearer).expect(204);
  const many = Array.from({ length: 2_100 }, (_, i) => `M-${i},Many,${i}.50,${i % 3},Shelf ${i % 7}\n`).join('');
  await importFile(shop, staff, `sku,name,price,stock,category\n${many}`);
}

it('an export that is imported into an empty shop comes out again byte by byte', async () => {
  await fill();
  for (const [format, type] of [
    ['csv', 'text/csv'],
    ['ndjson', 'application/x-ndjson'],
  ] as const) {
    await emptyTables(empty.db, 'products', 'categories');
    const answer = await download(shop, staff, format);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain(type);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="products.${format}"`);
    const file = await answer.text();
    expect(file.trimEnd().split('\n').length).toBeGreaterThanOrEqual(2_105);
    expect(file).not.toContain('GONE');
    const done = await importFile(empty, others, file, { headers: { 'content-type': type } });
    expect(done).toMatchObject({ status: 'completed', created: 2_105, refused: 0 });
    expect(await (await download(empty, others, format)).text()).toBe(file);
    const again = await importFile(empty, others, file, { headers: { 'content-type': type } });
    expect(again).toMatchObject({ created: 0, updated: 0, unchanged: 2_105 });
  }
}, 90_000);

it('no cell of an export begins like a formula', async () => {
  const text = await (await download(shop, staff, 'csv')).text();
  expect(text).not.toMatch(/(^|,)"?[=+@\t\r-]/m);
});

it('an export is compressed for who takes gzip', async () => {
  const plain = Buffer.from(await (await download(shop, staff, 'csv')).arrayBuffer());
  const { status, headers, body } = await shop.http
    .get('/api/products/export')
    .set({ ...staff.bearer, 'accept-encoding': 'gzip' })
    .buffer(true)
    .parse((response, done) => {
      // supertest has unpacked it already.
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(Buffer.from(part)));
      response.on('end', () => done(null, Buffer.concat(parts)));
    });
  expect(status).toBe(200);
  expect(headers['content-encoding']).toBe('gzip');
  expect(headers.vary).toContain('Accept-Encoding');
  const bytes = body[0] === 0x1f ? gunzipSync(body) : body;
  expect(bytes.equals(plain)).toBe(true);
});

it('an export is for those who may write products, and of formats that there are', async () => {
  await shop.http.get('/api/products/export').expect(401);
  await shop.http
    .get('/api/products/export')
    .set((await createCustomer(shop)).bearer)
    .expect(403);
  const { body } = await shop.http.get('/api/products/export?format=xml').set(staff.bearer).expect(400);
  expect(body.errors).toMatchObject([{ path: 'format' }]);
  const ndjson = await shop.http.get('/api/products/export').set({ ...staff.bearer, accept: 'application/x-ndjson' });
  expect(ndjson.headers['content-type']).toContain('application/x-ndjson');
});

it('whoever hangs up in the middle of an export gives its place back', async () => {
  for (let i = 0; i < 4; i += 1) {
    const leaving = new AbortController();
    const answer = await fetch(`${shop.url}/api/products/export`, { headers: staff.bearer, signal: leaving.signal });
    expect(answer.status).toBe(200);
    leaving.abort();
    await answer.text().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect((await download(shop, staff, 'ndjson')).status).toBe(200);
});
