import { Readable } from 'node:stream';
import { newId } from '../../src/common/ids.js';
import { CatalogueImportService } from '../../src/modules/products/import/catalogue-import.service.js';
import { STOCK_LOW } from '../../src/modules/products/products.events.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { placeSale } from '../support/buying.js';

let shop: TestApp;
let manager: TestUser;

beforeAll(async () => {
  // The relay writes to the rows that tell which transaction wrote them.
  shop = await startApp({ LOW_STOCK_THRESHOLD: '2', WORKER: 'false' });
  manager = await createCustomer(shop, 'manager');
});
afterAll(() => shop.close());

const patch = (id: string, body: object) => shop.http.patch(`/api/products/${id}`).set(manager.bearer).send(body);
const put = (id: string, quantity: number) =>
  shop.http.put(`/api/products/${id}/stock`).set(manager.bearer).send({ quantity }).expect(200);
const move = (id: string, delta: number) =>
  shop.http
    .post(`/api/products/${id}/stock-movements`)
    .set(manager.bearer)
    .send({ delta, reason: 'adjustment' })
    .expect(201);

async function create(stock: number, lowStockThreshold?: number | null) {
  const body = { sku: newId(), name: 'Thing', price: '1.00', stock, lowStockThreshold };
  return (await shop.http.post('/api/products').set(manager.bearer).send(body).expect(201)).body;
}

/** The levels and thresholds that events have told of, in their order. */
async function told(productId: string): Promise<[number, number][]> {
  const { rows } = await shop.db.query(
    'SELECT data FROM outbox_events WHERE aggregate_id = $1 AND type = $2 ORDER BY position',
    [productId, STOCK_LOW],
  );
  return rows.map(({ data }) => [data.stock, data.lowStockThreshold]);
}

describe('an event tells of stock that falls below its threshold', () => {
  test('by a movement: each time that it crosses it downwards, and not while it stays below or comes back', async () => {
    const { id } = await create(10, 5);
    await move(id, -5);
    expect(await told(id)).toEqual([]);
    await move(id, -1);
    expect(await told(id)).toEqual([[4, 5]]);
    await move(id, -1);
    await move(id, 2);
    await move(id, 1);
    expect(await told(id)).toEqual([[4, 5]]);
    await move(id, -3);
    expect(await told(id)).toEqual([
      [4, 5],
      [3, 5],
    ]);
  });

  test('by a level that is set', async () => {
    const { id } = await create(10, 5);
    await put(id, 0);
    await put(id, 0);
    expect(await told(id)).toEqual([[0, 5]]);
  });

  test('by a sale, with the product and the sale in one transaction', async () => {
    const { id, sku } = await create(6, 5);
    await placeSale(shop, await createCustomer(shop), [{ productId: id, quantity: 2 }]).expect(201);
    const { rows } = await shop.db.query(
      `SELECT e.id, e.data, e.xmin = m.xmin AS together FROM outbox_events e JOIN stock_movements m ON m.product_id = e.aggregate_id
       WHERE e.aggregate_id = $1 AND e.type = 'stock.low' AND m.reason = 'sale'`,
      [id],
    );
    const data = { productId: id, sku, name: 'Thing', stock: 4, lowStockThreshold: 5 };
    expect(rows).toEqual([
      { id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/), data, together: true },
    ]);
    expect(Math.abs(Number.parseInt(rows[0].id.replace('-', '').slice(0, 12), 16) - Date.now())).toBeLessThan(60_000);
  });

  test('once, however many shoppers take it there', async () => {
    const { id } = await create(20, 10);
    const shoppers = await Promise.all(Array.from({ length: 20 }, () => createCustomer(shop)));
    const sales = await Promise.all(
      shoppers.map((shopper) => placeSale(shop, shopper, [{ productId: id, quantity: 1 }])),
    );
    expect(sales.filter(({ status }) => status === 201)).toHaveLength(20);
    const news = await told(id);
    expect(news).toEqual([[expect.any(Number), 10]]);
    // Those who buy at the same moment take it there together.
    expect(news[0]?.[0]).toBeLessThan(10);
  });

  test('by an import', async () => {
    const { id, sku } = await create(6, 5);
    const csv = Buffer.from(`sku,name,price,stock\n${sku},Thing,1.00,1\n`);
    await shop.app.get(CatalogueImportService, { strict: false }).run(Readable.from([csv]), { format: 'csv' });
    expect(await told(id)).toEqual([[1, 5]]);
  });

  test('after the event of the movement itself', async () => {
    const { id } = await create(6, 5);
    await move(id, -3);
    const { rows } = await shop.db.query('SELECT type FROM outbox_events WHERE aggregate_id = $1 ORDER BY position', [
      id,
    ]);
    expect(rows.map(({ type }) => type)).toEqual(['product.created', 'stock.changed', 'stock.changed', 'stock.low']);
  });

  test('and never where the transaction did not commit', async () => {
    const { id } = await create(6, 5);
    const client = await shop.db.connect();
    await client.query('BEGIN');
    await client.query('UPDATE products SET stock = 1 WHERE id = $1', [id]);
    await client.query('ROLLBACK');
    client.release();
    expect(await told(id)).toEqual([]);
  });
});

describe('the threshold', () => {
  test('is the shop’s where a product has none of its own, and 0 is never', async () => {
    const [shops, never] = [await create(2), await create(2, 0)];
    await move(shops.id, -1);
    await move(never.id, -2);
    expect(await told(shops.id)).toEqual([[1, 2]]);
    expect(await told(never.id)).toEqual([]);
  });

  test('changes with the product, is shown to staff alone, and is in the audit log', async () => {
    const made = await create(5);
    const level = async () =>
      (await shop.http.get(`/api/products/${made.id}/stock`).set(manager.bearer).expect(200)).body.lowStockThreshold;
    expect(await level()).toBe(2);
    const { body } = await patch(made.id, { lowStockThreshold: 7 }).expect(200);
    expect(body).toEqual({ ...made, version: 2, updatedAt: expect.any(String) });
    expect(await level()).toBe(7);
    await patch(made.id, { lowStockThreshold: 0 }).expect(200);
    expect(await level()).toBeNull();
    await patch(made.id, { lowStockThreshold: null }).expect(200);
    expect(await level()).toBe(2);
    expect((await shop.http.get(`/api/products/${made.id}`)).body).not.toHaveProperty('lowStockThreshold');
    const { rows } = await shop.db.query(
      `SELECT before, after FROM audit_log WHERE subject_id = $1 AND action = 'product.updated' ORDER BY id LIMIT 1`,
      [made.id],
    );
    expect(rows).toEqual([{ before: { lowStockThreshold: null }, after: { lowStockThreshold: 7 } }]);
    expect(await told(made.id)).toEqual([]);
  });

  test.each(['3', -1, 1.5, true, 1_000_000_001, [3]])('is not %j', async (lowStockThreshold) => {
    const { id } = await create(5);
    expect((await patch(id, { lowStockThreshold })).body).toMatchObject({
      status: 400,
      errors: [{ path: 'lowStockThreshold' }],
    });
  });
});

describe('GET /api/products/low-stock', () => {
  test('lists what is below its threshold, the emptiest first, by page and by cursor', async () => {
    await shop.db.query('UPDATE products SET archived_at = now()');
    const low: string[] = [];
    for (const [stock, threshold] of [
      [0, 1],
      [1, null],
      [2, 3],
      [2, 9],
      [5, 6],
    ] as const) {
      low.push((await create(stock, threshold)).id);
    }
    await create(2);
    await create(0, 0);
    await create(3, 3);
    await createProduct(shop.db, { stock: 0, archivedAt: new Date() });
    const list = (query: object) => shop.http.get('/api/products/low-stock').query(query).set(manager.bearer);
    const { body } = await list({ perPage: 3 }).expect(200);
    expect(body).toMatchObject({
      total: 5,
      page: 1,
      items: [{ stock: 0 }, { stock: 1, lowStockThreshold: 2 }, { stock: 2 }],
    });
    const met: string[] = [];
    for (let cursor = ''; cursor !== null && met.length < 10; ) {
      const page = await list({ perPage: 2, cursor }).expect(200);
      met.push(...page.body.items.map(({ productId }: { productId: string }) => productId));
      cursor = page.body.nextCursor;
    }
    expect(met).toEqual(low);
    expect((await list({ cursor: 'WyJhIiwiYiJd' })).body).toMatchObject({ status: 400, errors: [{ path: 'cursor' }] });
  });
});
