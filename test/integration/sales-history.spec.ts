import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { PastCustomerPrivacy } from '../../src/modules/sales-history/past-customer-privacy.api.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { bundled } from '../support/compiled.js';
import { ended, type ImportState } from '../support/imports.js';
import { brokenInvariants } from '../support/invariants.js';
import { testKeysDir } from '../support/keys.js';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const MAP = {
  number: 'InvoiceNo',
  sku: 'StockCode',
  name: 'Description',
  quantity: 'Quantity',
  unitPrice: 'UnitPrice',
  placedAt: 'InvoiceDate',
  customer: 'CustomerID',
  country: 'Country',
};
const PERIOD = { from: '2010-01-01T00:00:00Z', to: '2012-01-01T00:00:00Z' };

const csv = (...rows: readonly string[]): string => `${[HEADER, ...rows].join('\n')}\n`;

describe('the import of past sales', () => {
  let shop: TestApp;
  let staff: TestUser;
  /** A shop into which nothing was brought serves the next test too. */
  let isUsed = true;

  beforeEach(async () => {
    if (!isUsed) return;
    shop = await startApp();
    staff = await createCustomer(shop, 'manager');
  });
  afterEach(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
    isUsed = (await shop.db.query('SELECT FROM sales LIMIT 1')).rows.length > 0;
    if (isUsed) await shop.close();
  });
  afterAll(async () => {
    if (!isUsed) await shop.close();
  });

  async function bringIn(
    body: string | Buffer,
    query: Readonly<Record<string, string>> = { map: JSON.stringify(MAP) },
    type = 'text/csv',
  ) {
    const answer = await fetch(`${shop.url}/api/admin/sales/import?${new URLSearchParams(query)}`, {
      method: 'POST',
      headers: { 'content-type': type, ...staff.bearer },
      body,
    });
    expect(answer.status).toBe(202);
    return ended(shop, staff, ((await answer.json()) as ImportState).id);
  }

  async function errorsOf({ id }: ImportState) {
    const { body } = await shop.http
      .get(`/api/imports/${id}/errors`)
      .query({ perPage: 100 })
      .set(staff.bearer)
      .expect(200);
    return body.items as { line: number; column: string; code: string; reason: string }[];
  }

  const analytics = async (query: object) =>
    (
      await shop.http
        .get('/api/admin/sales/analytics')
        .query({ ...PERIOD, ...query })
        .set(staff.bearer)
        .expect(200)
    ).body;

  const salesOf = async (query: object = {}) =>
    (await shop.http.get('/api/admin/sales').query(query).set(staff.bearer).expect(200)).body;

  it('makes a sale of the rows of one number, with the prices and times of then', async () => {
    const lamp = await createProduct(shop.db, { sku: '85123A', name: 'Our lamp', price: 999n, stock: 5 });
    const state = await bringIn(
      csv(
        '536365,85123A,WHITE LANTERN,6,2010-12-01 08:26:00,2.55,17850,United Kingdom',
        '536366,71053,"LAMP, METAL",2,2010-12-01 08:28:00,3.39,17850,EIRE',
        '536365,71053,,1,2010-12-01 08:26:00,4.00,17850,United Kingdom',
        'C536379,85123A,WHITE LANTERN,-1,2010-12-01 09:41:00,2.55,17850,United Kingdom',
      ),
    );
    expect(state).toMatchObject({ status: 'completed', processed: 4, created: 4, refused: 0 });
    const { items } = await salesOf();
    const sale = items.find(({ number }: { number: string }) => number === '536365');
    expect(sale).toMatchObject({
      status: 'delivered',
      paymentStatus: 'completed',
      subtotal: '19.30',
      total: '19.30',
      placedAt: '2010-12-01T08:26:00.000Z',
      invoiceId: null,
      origin: 'import',
      deliveryAddress: { country: 'GB' },
      items: [
        {
          productId: lamp.id,
          sku: '85123A',
          name: 'WHITE LANTERN',
          unitPrice: '2.55',
          quantity: 6,
          lineTotal: '15.30',
        },
        { sku: '71053', name: '71053', unitPrice: '4.00', quantity: 1 },
      ],
    });
    expect(await salesOf({ status: 'cancelled' })).toMatchObject({
      total: 1,
      items: [{ number: 'C536379', total: '2.55' }],
    });
    expect(await analytics({ groupBy: 'country' })).toMatchObject({
      totals: { sales: 2, units: 9, revenue: '26.08', customers: 1, returningCustomers: 1 },
      groups: [
        { key: 'GB', label: 'United Kingdom', revenue: '19.30' },
        { key: 'EIRE', label: 'EIRE', revenue: '6.78' },
      ],
    });
    expect((await analytics({ status: 'cancelled' })).totals).toMatchObject({ sales: 1, units: 1, revenue: '2.55' });
    const made = await shop.db.query(`SELECT active, stock, price FROM products WHERE sku = '71053'`);
    expect(made.rows).toEqual([{ active: false, stock: 0, price: '339' }]);
    const level = await shop.db.query('SELECT stock FROM products WHERE id = $1', [lamp.id]);
    expect(level.rows).toEqual([{ stock: 5 }]);
  });

  it('keeps numbers as they are written, and finds them so', async () => {
    await bringIn(csv('web-536370a,71053,LAMP,1,2010-12-01 08:26:00,4.00,,France'));
    expect(await salesOf({ q: 'web-536370a' })).toMatchObject({ total: 1, items: [{ number: 'web-536370a' }] });
    expect(await salesOf({ q: 'web-536370' })).toMatchObject({ total: 0 });
  });

  it('tells each row that it refuses, with its line and why, and takes the others', async () => {
    const state = await bringIn(
      csv(
        '1,A,a,1,2010-12-01 08:26:00,0.001,,France',
        '1,A,a,1,2010-12-01 08:26:00,1.50,,France',
        '2,A,a,-3,2010-12-01 08:26:00,1.50,,France',
        'C3,A,a,3,2010-12-01 08:26:00,1.50,,France',
        '4,A,a,1,2010-12-01 08:26:00,0,,France',
        '5,A,a,1,2010-12-01 08:26:00,-11062.06,,France',
        '6,A,a,1,2011-02-29 08:26:00,1.50,,France',
        '7,A,a,1,2010-12-01 24:00:00,1.50,,France',
        '8,A,a,1.5,2010-12-01 08:26:00,1.50,,France',
        '9,A,a,1,2010-12-01 08:26:00,cheap,,France',
        ',A,a,1,2010-12-01 08:26:00,1.50,,France',
        '10,,a,1,2010-12-01 08:26:00,1.50,,France',
        'S-100001,A,a,1,2010-12-01 08:26:00,1.50,,France',
        '11,A,a,1,2010-12-01 08:26:00',
        '12,A,a,74215,2011-01-18 10:01:00,1.04,12346,United Kingdom',
        '13,A,a,1,2010-12-01 08:26:00,1.5000,,France',
      ),
    );
    expect(state).toMatchObject({ status: 'completed', processed: 16, created: 3, refused: 13 });
    const errors = await errorsOf(state);
    expect(errors.map(({ line, column, code }) => [line, column, code])).toEqual([
      [2, 'unitPrice', 'too_precise'],
      [4, 'quantity', 'not_a_sale'],
      [5, 'quantity', 'not_a_sale'],
      [6, 'unitPrice', 'no_price'],
      [7, 'unitPrice', 'negative_price'],
      [8, 'placedAt', 'invalid'],
      [9, 'placedAt', 'invalid'],
      [10, 'quantity', 'invalid'],
      [11, 'unitPrice', 'invalid'],
      [12, 'number', 'missing'],
      [13, 'sku', 'missing'],
      [14, 'number', 'number_reserved'],
      [15, '', 'malformed'],
    ]);
    expect((await analytics({})).totals).toMatchObject({ sales: 3, units: 74_217, revenue: '77186.60', customers: 1 });
  });

  it('changes nothing when it is done again, and refuses what differs', async () => {
    const rows = ['1,A,a,1,2010-12-01 08:26:00,1.50,x,France', '1,A,a,1,2010-12-01 08:26:00,1.50,x,France'];
    await bringIn(csv(...rows));
    expect(await bringIn(csv(...rows))).toMatchObject({ processed: 2, created: 0, unchanged: 2, refused: 0 });
    const differing = await bringIn(
      csv(...rows, '1,A,a,7,2010-12-01 08:26:00,1.50,x,France', '2,A,a,1,2010-12-02,2,x,France'),
    );
    expect(differing).toMatchObject({ created: 1, unchanged: 2, refused: 1 });
    expect(await errorsOf(differing)).toMatchObject([{ line: 4, column: 'number', code: 'sale_differs' }]);
    expect((await analytics({})).totals).toMatchObject({ sales: 2, units: 3, revenue: '5.00' });
  });

  it('keeps nothing of a dry run but its report', async () => {
    const body = csv('1,A,a,1,2010-12-01 08:26:00,1.50,x,France', '2,A,a,0,2010-12-01 08:26:00,1.50,x,France');
    expect(await bringIn(body, { map: JSON.stringify(MAP), dryRun: 'true' })).toMatchObject({ created: 1, refused: 1 });
    expect((await salesOf()).total).toBe(0);
    const made = await shop.db.query('SELECT FROM products UNION ALL SELECT FROM past_customers');
    expect(made.rowCount).toBe(0);
  });

  it('reads our own names from NDJSON, and sales whose lines lie apart', async () => {
    const row = (number: string, quantity: number) =>
      JSON.stringify({
        number,
        sku: 'A',
        quantity,
        unitPrice: 1.5,
        placedAt: '2010-12-01T10:26:00+02:00',
        customer: 17,
      });
    const filler = Array.from({ length: 3_000 }, (_, index) => row(`F${index}`, 1));
    const body = gzipSync([row('1', 1), ...filler, row('1', 2)].join('\n'));
    expect(await bringIn(body, {}, 'application/x-ndjson')).toMatchObject({ status: 'completed', created: 3_002 });
    const { items } = await salesOf({ q: '1' });
    expect(items).toMatchObject([
      { total: '4.50', placedAt: '2010-12-01T08:26:00.000Z', items: [{ quantity: 1 }, { quantity: 2 }] },
    ]);
  });

  it('gives the sales of a customer to the account that has confirmed their address', async () => {
    const ada = await createCustomer(shop);
    await shop.db.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [ada.id]);
    const bob = await createCustomer(shop);
    await bringIn(
      csv(
        `1,A,a,1,2010-12-01 08:26:00,1.50,${ada.email.toUpperCase()},France`,
        `2,A,a,1,2010-12-01 08:26:00,1.50,${bob.email},France`,
      ),
    );
    expect((await salesOf({ userId: ada.id })).items).toMatchObject([{ number: '1' }]);
    expect((await salesOf({ userId: bob.id })).total).toBe(0);
    for (const { bearer, email, id } of [ada, bob]) {
      const { body } = await shop.http.get('/api/users/me/export').set(bearer).expect(200);
      expect(body.pastCustomers).toMatchObject([{ reference: email, sales: 1 }]);
      await shop.app.get(PastCustomerPrivacy, { strict: false }).erase(id);
    }
    const { rows } = await shop.db.query('SELECT reference, user_id FROM past_customers');
    expect(rows).toEqual(Array(2).fill({ reference: expect.stringMatching(/^erased:/), user_id: null }));
    expect((await analytics({})).totals).toMatchObject({ sales: 2, customers: 2 });
  });

  it.each([
    ['lacks a column', `InvoiceNo,StockCode\n1,A\n`, 'The column "Description" of the map is not in the file'],
    ['is in another encoding', Buffer.from(csv('1,A,caf\u00e9,1,2010-12-01,1.50,x,France'), 'latin1'), 'not UTF-8'],
    ['is empty after its compression', gzipSync(''), 'empty'],
  ])('says why it cannot read a file that %s', async (_, body, message) => {
    const state = await bringIn(body);
    expect(state).toMatchObject({ status: 'failed', failure: { code: 'unreadable_file' } });
    expect(state.failure?.message).toContain(message);
  });

  it.each([
    ['{"number":"InvoiceNo"}', 'lacks the column sku'],
    ['{"colour":"Hue"}', 'is not one of'],
    ['{"number":', 'not JSON'],
    ['{"number":7}', 'does not name a column'],
    ['number=A,number=B,sku=S', 'names a column twice'],
  ])('refuses the map %s', async (map, message) => {
    const { body } = await shop.http
      .post('/api/admin/sales/import')
      .query({ map })
      .set({ ...staff.bearer, 'content-type': 'text/csv' })
      .send('a')
      .expect(400);
    expect(body.errors[0]).toMatchObject({ path: 'map' });
    expect(body.errors[0].message).toContain(message);
  });
});

describe('the command', () => {
  const ROWS = 15_000;
  const SALES = 1_500;
  let shop: TestApp;
  let staff: TestUser;
  let folder: string;

  beforeEach(async () => {
    shop = await startApp();
    staff = await createCustomer(shop, 'manager');
    folder = await mkdtemp(join(tmpdir(), 'tradepost-history-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await shop.close();
  });

  const start = (...words: readonly string[]) =>
    spawn(process.execPath, [bundled('src/cli/import-sales.ts'), ...words], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        DATABASE_URL: shop.database.url,
        DATABASE_MIGRATION_URL: shop.database.ownerUrl,
        KEYS_DIR: testKeysDir(),
        DATA_DIR: folder,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  async function finish(child: ReturnType<typeof start>) {
    const [[code], out, err] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
    return { code, out, err };
  }

  it('ends in the same state when it is killed and started again', async () => {
    // Every sale has lines far apart, so that each cut goes through most of them.
    const rows = Array.from({ length: ROWS }, (_, index) => {
      const number = 1_000 + (index % SALES);
      return `${number},SKU-${index % 97},Thing,${1 + (index % 5)},2010-12-0${1 + (number % 9)} 10:00:00,1.25,${number % 50},France`;
    });
    const file = join(folder, 'sales.csv.gz');
    await writeFile(file, gzipSync(csv(...rows)));
    const map = join(folder, 'map.json');
    await writeFile(map, JSON.stringify(MAP));
    const words = [file, `--map=${map}`];
    for (const least of [1, ROWS / 3]) {
      const child = start(...words);
      let gone = false;
      child.once('exit', () => {
        gone = true;
      });
      const done = async () =>
        (await shop.db.query('SELECT coalesce(max(line), 0)::int AS line FROM sale_import_files')).rows[0].line;
      while (!gone && (await done()) < least) await delay(5);
      child.kill('SIGKILL');
      while (!gone) await delay(5);
    }
    const { code, out, err } = await finish(start(...words));
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('goes on behind line');
    const { body } = await shop.http
      .get('/api/admin/sales/analytics')
      .query({ ...PERIOD, groupBy: 'product' })
      .set(staff.bearer)
      .expect(200);
    const units = rows.reduce((sum, _, index) => sum + 1 + (index % 5), 0);
    expect(body.totals).toMatchObject({ sales: SALES, units, revenue: (units * 1.25).toFixed(2), customers: 50 });
    expect(body.groups).toHaveLength(97);
    const lines = await shop.db.query('SELECT count(*)::int AS lines FROM sale_items');
    expect(lines.rows).toEqual([{ lines: ROWS }]);
    expect(await brokenInvariants(shop.db)).toEqual({});
  }, 240_000);

  it('says what is wrong, by its exit code too', async () => {
    const file = join(folder, 'sales.csv');
    await writeFile(file, csv('1,A,a,1,2010-12-01,0.001,x,France'));
    const refused = await finish(
      start(
        file,
        `--map=${Object.entries(MAP)
          .map(([ours, theirs]) => `${ours}=${theirs}`)
          .join(',')}`,
      ),
    );
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining('line 2, unitPrice: "0.001" is no multiple of 0.01 USD'),
    ]);
    const unreadable = await finish(start(file));
    expect([unreadable.code, unreadable.err]).toEqual([2, expect.stringContaining('Unknown column "InvoiceNo"')]);
  });
});
