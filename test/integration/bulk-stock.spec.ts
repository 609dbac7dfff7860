import { randomUUID } from 'node:crypto';
import { newId } from '../../src/common/ids.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { brokenInvariants } from '../support/invariants.js';

let shop: TestApp;
let manager: TestUser;

beforeAll(async () => {
  shop = await startApp({ LOW_STOCK_THRESHOLD: '3' });
  manager = await createCustomer(shop, 'manager');
});
afterEach(async () => {
  expect(await brokenInvariants(shop.db)).toEqual({});
});
afterAll(() => shop.close());

const bulk = (body: object) => shop.http.post('/api/products/stock').set(manager.bearer).send(body);
const products = (...stocks: number[]) => Promise.all(stocks.map((stock) => createProduct(shop.db, { stock })));
const levels = async (ids: readonly string[]): Promise<number[]> => {
  const { rows } = await shop.db.query('SELECT id, stock FROM products WHERE id = ANY ($1)', [ids]);
  return ids.map((id) => rows.find((row) => row.id === id)?.stock);
};
const written = async (): Promise<number[]> => {
  const tables = ['stock_movements', 'outbox_events', 'audit_log', 'idempotency_keys'];
  const counts = tables.map((table) => shop.db.query(`SELECT count(*)::int AS count FROM ${table}`));
  return (await Promise.all(counts)).map(({ rows }) => rows[0].count);
};

test('levels are set to what was counted, by id and by SKU, with a movement where they differ', async () => {
  const [a, b, c] = await products(5, 5, 5);
  const items = [
    { productId: a?.id, quantity: 9, note: 'Shelf 1' },
    { sku: b?.sku, quantity: 5 },
    { sku: c?.sku, quantity: 0 },
  ];
  const { body } = await bulk({ mode: 'set', items }).expect(200);
  expect(body).toEqual({
    items: [
      { productId: a?.id, sku: a?.sku, delta: 4, quantity: 9, movementId: expect.any(String) },
      { productId: b?.id, sku: b?.sku, delta: 0, quantity: 5, movementId: null },
      { productId: c?.id, sku: c?.sku, delta: -5, quantity: 0, movementId: expect.any(String) },
    ],
  });
  const { rows } = await shop.db.query(
    `SELECT id, delta, balance_after, reason, note, actor_id FROM stock_movements WHERE id = ANY ($1) ORDER BY delta`,
    [[body.items[0].movementId, body.items[2].movementId]],
  );
  expect(rows).toMatchObject([
    { delta: -5, balance_after: 0, reason: 'adjustment', note: null, actor_id: manager.id },
    { delta: 4, balance_after: 9, reason: 'adjustment', note: 'Shelf 1' },
  ]);
});

test('a delivery is one request, with its events, its audit entries and nothing old in the cache', async () => {
  const made = await products(...Array.from({ length: 60 }, (_, n) => n));
  const [first] = made;
  await shop.http.get(`/api/products/${first?.id}`).expect(200);
  const items = made.map(({ sku }) => ({ sku, delta: 2 }));
  await bulk({ mode: 'adjust', reason: 'receipt', items }).expect(200);
  const ids = made.map(({ id }) => id);
  expect(await levels(ids)).toEqual(made.map(({ stock }) => stock + 2));
  expect((await shop.http.get(`/api/products/${first?.id}`)).body).toMatchObject({
    stock: 2,
    inStock: true,
    version: 2,
  });
  const { rows } = await shop.db.query(
    `SELECT (SELECT count(*)::int FROM outbox_events WHERE aggregate_id = ANY ($1) AND type = 'stock.changed'
         AND data ->> 'reason' = 'receipt') AS events,
       (SELECT count(*)::int FROM audit_log WHERE subject_id = ANY ($1) AND action = 'stock.changed') AS entries`,
    [ids],
  );
  expect(rows).toEqual([{ events: 60, entries: 60 }]);
});

test('what falls below its threshold is told of', async () => {
  const [a, b] = await products(5, 5);
  await bulk({
    mode: 'adjust',
    items: [
      { sku: a?.sku, delta: -1 },
      { sku: b?.sku, delta: -3 },
    ],
  }).expect(200);
  const { rows } = await shop.db.query(
    `SELECT aggregate_id FROM outbox_events WHERE type = 'stock.low' AND aggregate_id = ANY ($1)`,
    [[a?.id, b?.id]],
  );
  expect(rows).toEqual([{ aggregate_id: b?.id }]);
});

describe('one line that is refused refuses all', () => {
  test.each([
    ['too little', 409, 'insufficient_stock', 'items.1.delta', { delta: -6 }],
    ['too much', 400, 'invalid_request', 'items.1.delta', { delta: 1_000_000_000 }],
    ['nothing', 400, 'invalid_request', 'items.1.delta', { delta: 0 }],
    ['a level in the other mode', 400, 'invalid_request', 'items.1.delta', { quantity: 3 }],
    ['a text', 400, 'invalid_request', 'items.1.delta', { delta: '3' }],
    ['a field that does not exist', 400, 'invalid_request', 'items.1.price', { delta: 1, price: '1.00' }],
  ])('for %s', async (_, status, code, path, line) => {
    const [a, b] = await products(5, 5);
    const before = await written();
    const items = [
      { sku: a?.sku, delta: 1 },
      { sku: b?.sku, ...line },
    ];
    const answer = await bulk({ mode: 'adjust', items }).set('Idempotency-Key', randomUUID());
    expect(answer.body).toMatchObject({ status, code });
    expect(answer.body.errors[0].path).toBe(path);
    expect(await levels([a?.id ?? '', b?.id ?? ''])).toEqual([5, 5]);
    expect(await written()).toEqual(before);
  });

  test('where it names no product, or an archived one, and says which', async () => {
    const [a] = await products(5);
    const gone = await createProduct(shop.db, { archivedAt: new Date() });
    const items = [
      { sku: a?.sku, delta: 1 },
      { productId: newId(), delta: 1 },
      { sku: gone.sku, delta: 1 },
    ];
    const { body } = await bulk({ mode: 'adjust', items });
    expect(body).toMatchObject({
      status: 404,
      code: 'product_not_found',
      errors: [{ path: 'items.1.productId' }, { path: 'items.2.sku' }],
    });
    expect(await levels([a?.id ?? ''])).toEqual([5]);
  });

  test('telling what was asked for and what there is', async () => {
    const [a] = await products(5);
    const { body } = await bulk({ mode: 'adjust', items: [{ sku: a?.sku, delta: -6 }] });
    expect(body.errors).toEqual([
      { path: 'items.0.delta', message: expect.any(String), productId: a?.id, requested: 6, available: 5 },
    ]);
  });
});

test.each([
  ['items', { mode: 'set', items: [] }],
  ['items', { mode: 'set' }],
  ['items', { mode: 'set', items: Array.from({ length: 1_001 }, (_, n) => ({ sku: `S${n}`, quantity: 1 })) }],
  ['mode', { mode: 'add', items: [{ sku: 'A', delta: 1 }] }],
  ['reason', { mode: 'adjust', reason: 'sale', items: [{ sku: 'A', delta: 1 }] }],
  ['reason', { mode: 'set', reason: 'receipt', items: [{ sku: 'A', quantity: 1 }] }],
])('a request with bad %s is refused by that name', async (path, body) => {
  expect((await bulk(body)).body).toMatchObject({ status: 400, errors: [{ path }] });
});

test('a thousand products are moved by one request, once however often it is repeated', async () => {
  const ids = Array.from({ length: 1_000 }, () => newId());
  await shop.db.query(
    `INSERT INTO products (id, sku, slug, name, description, price, currency, stock, attributes, images, active, version,
       created_at, updated_at)
     SELECT id, id::text, id::text, 'Thing', '', 100, 'USD', 0, '{}', '[]', true, 1, now(), now() FROM unnest($1::uuid[]) id`,
    [ids],
  );
  const body = { mode: 'adjust', reason: 'receipt', items: ids.map((productId) => ({ productId, delta: 7 })) };
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 4 }, () => bulk(body).set('Idempotency-Key', key)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(3);
  expect(await levels(ids)).toEqual(ids.map(() => 7));
  const reused = await bulk({ ...body, reason: 'return' }).set('Idempotency-Key', key);
  expect(reused.body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
});

test('is for those who may write the inventory', async () => {
  const customer = await createCustomer(shop);
  const body = { mode: 'set', items: [{ sku: 'A', quantity: 1 }] };
  await shop.http.post('/api/products/stock').set(customer.bearer).send(body).expect(403);
});
