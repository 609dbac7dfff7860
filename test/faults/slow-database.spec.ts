import { randomUUID } from 'node:crypto';
import { createCustomer } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { type Beside, startApp, type TestApp } from '../support/app.js';
import { placeSale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';
import { startProxy, type TestProxy } from '../support/proxy.js';

/** What an application waits for PostgreSQL at most: 400 ms a lock, 500 ms a statement, and 2 s more for its answer. */
const IMPATIENT = { DATABASE_LOCK_TIMEOUT_MS: '400', DATABASE_STATEMENT_TIMEOUT_MS: '500' };

describe('a database that is slow', () => {
  let shop: TestApp;
  let proxy: TestProxy;
  /** A replica whose way to PostgreSQL can fail. */
  let far: TestApp;

  beforeAll(async () => {
    shop = await startApp(IMPATIENT);
    proxy = await startProxy(Number(new URL(shop.database.url).port));
    const url = new URL(shop.database.url);
    url.port = String(proxy.port);
    const beside: Beside = { ...shop, database: { ...shop.database, url: url.href } };
    far = await startApp({ ...IMPATIENT, WORKER: 'off' }, beside);
  });
  afterEach(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
  afterAll(async () => {
    await far.close();
    await proxy.close();
    await shop.close();
  });

  it('makes requests fail with 503 while a table is locked, and the next ones work', async () => {
    const product = await createProduct(shop.db);
    const customer = await createCustomer(shop);
    const items = [{ productId: product.id, quantity: 1 }];
    const blocker = await shop.db.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE products');
    const refused = await Promise.all([
      ...Array.from({ length: 20 }, () => placeSale(shop, customer, items)),
      ...Array.from({ length: 20 }, () => shop.http.get(`/api/products/${product.id}`)),
    ]);
    for (const { status, body, headers } of refused) {
      expect({ status, code: body.code }).toEqual({ status: 503, code: 'database_unavailable' });
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
    await shop.http.get('/health/live').expect(200);
    await blocker.query('ROLLBACK');
    blocker.release();
    await placeSale(shop, customer, items).expect(201);
    await shop.http.get(`/api/products/${product.id}`).expect(200);
  });

  it('answers 503 to a checkout whose commit it cannot confirm, and the same key then gives the sale', async () => {
    const product = await createProduct(shop.db, { stock: 5 });
    const customer = await createCustomer(shop);
    const items = [{ productId: product.id, quantity: 1 }];
    const key = { 'Idempotency-Key': randomUUID() };
    proxy.holdAnswersTo('INSERT INTO sales');
    const unsure = placeSale(far, customer, items, key).then((answer) => answer);
    const sales = async (): Promise<string[]> => {
      const { rows } = await shop.db.query('SELECT id FROM sales WHERE user_id = $1', [customer.id]);
      return rows.map(({ id }) => id);
    };
    await eventually(async () => expect(await sales()).toHaveLength(1));
    await far.http.get('/health/live').expect(200);
    const { body } = await far.http.get('/health/ready').expect(503);
    expect(body.reasons).toContain('database');
    proxy.cut();
    const { status, headers } = await unsure;
    expect([status, Number(headers['retry-after']) > 0]).toEqual([503, true]);
    const settled = await eventually(() => placeSale(far, customer, items, key).expect(201));
    expect(settled.headers['idempotency-replayed']).toBe('true');
    expect(await sales()).toEqual([settled.body.id]);
  });

  it('does not hold a request for longer than a statement may take', async () => {
    const product = await createProduct(shop.db);
    proxy.holdAnswersTo('SELECT');
    try {
      await far.http.get(`/api/products/${product.id}`).expect(503);
    } finally {
      proxy.cut();
    }
    await eventually(() => far.http.get(`/api/products/${product.id}`).expect(200));
  });
});
