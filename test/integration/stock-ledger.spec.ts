import { Readable } from 'node:stream';
import { newId } from '../../src/common/ids.js';
import { CatalogueImportService } from '../../src/modules/products/import/catalogue-import.service.js';
import { LEVEL } from '../../src/modules/products/stock-levels.repository.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { paidSale, placeSale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';

let shop: TestApp;
let manager: TestUser;

beforeAll(async () => {
  shop = await startApp();
  manager = await createCustomer(shop, 'manager');
});
afterEach(async () => {
  expect(await brokenInvariants(shop.db)).toEqual({});
});
afterAll(() => shop.close());

const post = (path: string, body: object) => shop.http.post(`/api/${path}`).set(manager.bearer).send(body);
const move = (id: string, delta: number, reason = 'adjustment') =>
  post(`products/${id}/stock-movements`, { delta, reason });
const levelOf = (id: string, asOf?: string) =>
  shop.http
    .get(`/api/products/${id}/stock`)
    .query(asOf === undefined ? {} : { asOf })
    .set(manager.bearer);

async function importCsv(text: string): Promise<void> {
  const service = shop.app.get(CatalogueImportService, { strict: false });
  await service.run(Readable.from([Buffer.from(text)]), { format: 'csv' });
}

/** The reason of the last movement, whether level and ledger agree, and whether one transaction wrote both. */
async function last(productId: string) {
  const { rows } = await shop.db.query(
    `SELECT m.reason, m.delta, m.balance_after = p.stock AS agree, m.xmin = p.xmin AS together,
       p.stock = (SELECT sum(delta) FROM stock_movements s WHERE s.product_id = p.id) AS adds_up
     FROM products p JOIN stock_movements m ON m.product_id = p.id WHERE p.id = $1 ORDER BY m.position DESC LIMIT 1`,
    [productId],
  );
  return rows[0];
}

describe('whatever changes a level writes its line of the ledger with it:', () => {
  const written = (reason: string, delta: number) => ({ reason, delta, agree: true, together: true, adds_up: true });

  test('the first stock of a product', async () => {
    const made = await post('products', { sku: newId(), name: 'Thing', price: '1.00', stock: 4 }).expect(201);
    expect(await last(made.body.id)).toEqual(written('receipt', 4));
  });

  test.each([
    ['receipt', 5],
    ['return', 1],
    ['adjustment', 3],
    ['adjustment', -4],
  ] as const)('a %s of %d by hand', async (reason, delta) => {
    const { id } = await createProduct(shop.db, { stock: 10 });
    await move(id, delta, reason).expect(201);
    expect(await last(id)).toEqual(written(reason, delta));
  });

  test('a level that is set', async () => {
    const { id } = await createProduct(shop.db, { stock: 10 });
    await shop.http.put(`/api/products/${id}/stock`).set(manager.bearer).send({ quantity: 7 }).expect(200);
    expect(await last(id)).toEqual(written('adjustment', -3));
  });

  test('a sale, and its cancellation', async () => {
    const { id } = await createProduct(shop.db, { stock: 10 });
    const customer = await createCustomer(shop);
    const sale = await placeSale(shop, customer, [{ productId: id, quantity: 3 }]).expect(201);
    expect(await last(id)).toEqual(written('sale', -3));
    expect((await levelOf(id)).body).toMatchObject({ quantity: 7, reserved: 3 });
    await shop.http.post(`/api/sales/${sale.body.id}/cancel`).set(customer.bearer).send({}).expect(200);
    expect(await last(id)).toEqual(written('release', 3));
    expect((await levelOf(id)).body).toMatchObject({ quantity: 10, reserved: 0 });
  });

  test('a reservation that runs out', async () => {
    const { id } = await createProduct(shop.db, { stock: 2 });
    await placeSale(shop, await createCustomer(shop), [{ productId: id, quantity: 2 }]).expect(201);
    shop.clock.advance(16 * 60_000);
    await eventually(async () => expect(await last(id)).toEqual(written('release', 2)));
  });

  test('the return of what was delivered', async () => {
    const { id } = await createProduct(shop.db, { stock: 10 });
    const { saleId } = await paidSale(shop, id, 2);
    const admin = await createCustomer(shop, 'admin');
    for (const status of ['shipped', 'delivered', 'returned']) {
      await shop.http.patch(`/api/admin/sales/${saleId}/status`).set(admin.bearer).send({ status }).expect(200);
    }
    expect(await last(id)).toEqual(written('return', 2));
  });

  test('an import that makes a product, and one that changes it', async () => {
    const sku = newId();
    await importCsv(`sku,name,price,stock\n${sku},Thing,1.00,6\n`);
    const { rows } = await shop.db.query('SELECT id FROM products WHERE sku = $1', [sku]);
    expect(await last(rows[0].id)).toEqual(written('receipt', 6));
    await importCsv(`sku,name,price,stock\n${sku},Thing,1.00,2\n`);
    expect(await last(rows[0].id)).toEqual(written('adjustment', -4));
  });
});

describe('the level at a moment', () => {
  test('is the balance after the last movement until then, and 0 before the first', async () => {
    const made = await post('products', { sku: newId(), name: 'Thing', price: '1.00', stock: 4 }).expect(201);
    const { id } = made.body;
    const moments: [string, number][] = [[made.body.createdAt, 4]];
    for (const [delta, level] of [
      [3, 7],
      [-6, 1],
      [9, 10],
    ] as const) {
      shop.clock.advance(60_000);
      const { body } = await move(id, delta).expect(201);
      moments.push([body.createdAt, level]);
    }
    for (const [moment, quantity] of moments) {
      const { body } = await levelOf(id, moment).expect(200);
      expect(body).toEqual({
        productId: id,
        sku: made.body.sku,
        quantity,
        reserved: null,
        lowStockThreshold: null,
        asOf: moment,
      });
      const justBefore = new Date(Date.parse(moment) - 1).toISOString();
      const earlier = moments.findLast(([at]) => at < moment)?.[1] ?? 0;
      expect((await levelOf(id, justBefore)).body.quantity).toBe(earlier);
    }
    const offset = `${new Date(Date.parse(moments[1]?.[0] ?? '') + 7_200_000).toISOString().slice(0, -1)}+02:00`;
    expect((await levelOf(id, offset)).body).toMatchObject({ quantity: 7, asOf: moments[1]?.[0] });
  });

  test('is that of now without one, for one to come, and of an archived product too', async () => {
    const { id } = await createProduct(shop.db, { stock: 10 });
    await shop.http.delete(`/api/products/${id}`).set(manager.bearer).expect(204);
    expect((await levelOf(id)).body).toMatchObject({ quantity: 10, reserved: 0 });
    const { body } = await levelOf(id, '2999-01-01T00:00:00Z').expect(200);
    expect(body).toMatchObject({ quantity: 10, reserved: 0 });
    expect(Date.parse(body.asOf)).toBeLessThanOrEqual(shop.clock.now().getTime());
  });

  test.each(['yesterday', '2026-01-31', '2026-02-30T00:00:00Z', '', '2026-01-31T00:00:00'])(
    'is not told of %j, which is none',
    async (asOf) => {
      const { id } = await createProduct(shop.db);
      expect((await levelOf(id, asOf)).body).toMatchObject({ status: 400, errors: [{ path: 'asOf' }] });
    },
  );

  test('is not told of a product that does not exist', async () => {
    expect((await levelOf(newId())).body).toMatchObject({ status: 404, code: 'product_not_found' });
    expect((await levelOf('nothing')).body).toMatchObject({ status: 404, code: 'product_not_found' });
  });

  test('follows the order of application where clocks disagree', async () => {
    const { id } = await createProduct(shop.db, { stock: 10 });
    const ahead = new Date(shop.clock.now().getTime() + 600_000);
    // Another replica, whose clock is ten minutes ahead.
    await shop.db.query(
      `WITH u AS (UPDATE products SET stock = stock + 5 WHERE id = $1 RETURNING id, stock)
       INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, created_at)
       SELECT $2, id, 5, stock, 'receipt', $3 FROM u`,
      [id, newId(), ahead],
    );
    const { body: moved } = await move(id, -3).expect(201);
    expect(moved).toMatchObject({ balanceAfter: 12, createdAt: ahead.toISOString() });
    expect((await levelOf(id)).body.quantity).toBe(12);
    shop.clock.advance(600_001);
    expect((await levelOf(id, ahead.toISOString())).body.quantity).toBe(12);
    const { body: ledger } = await shop.http.get(`/api/products/${id}/stock-movements`).set(manager.bearer);
    expect(ledger.items.map(({ delta }: { delta: number }) => delta)).toEqual([-3, 5, 10]);
  });

  test('is found in a long ledger without reading it', async () => {
    const { id } = await createProduct(shop.db, { stock: 1 });
    await createProduct(shop.db);
    await shop.db.query(
      `INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, created_at)
       SELECT gen_random_uuid(), $1, CASE WHEN n % 2 = 1 THEN 1 ELSE -1 END, CASE WHEN n % 2 = 1 THEN 2 ELSE 1 END,
         'adjustment', now() + n * interval '1 ms'
       FROM generate_series(1, 20000) n ORDER BY n`,
      [id],
    );
    await shop.db.query('ANALYZE stock_movements');
    const { rows } = await shop.db.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${LEVEL.text}`, [
      id,
      new Date(Date.now() + 7_000),
    ]);
    const [{ Plan: plan }] = rows[0]['QUERY PLAN'];
    expect(JSON.stringify(plan)).toContain('stock_movements_product_idx');
    expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(20);
  });
});

test('the ledger is read to its end by cursor, in the order of application, whatever ties there are', async () => {
  const { id } = await createProduct(shop.db, { stock: 1_000 });
  await Promise.all(Array.from({ length: 25 }, (_, n) => move(id, n + 1)));
  const met: { delta: number; balanceAfter: number }[] = [];
  const page = (cursor: string) =>
    shop.http.get(`/api/products/${id}/stock-movements`).query({ perPage: 7, cursor }).set(manager.bearer);
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer = await page(cursor).expect(200);
    met.push(...answer.body.items);
    cursor = answer.body.nextCursor as string | null;
  }
  expect(met).toHaveLength(26);
  const oldestFirst = met.reverse();
  let level = 0;
  for (const { delta, balanceAfter } of oldestFirst) {
    level += delta;
    expect(balanceAfter).toBe(level);
  }
});
