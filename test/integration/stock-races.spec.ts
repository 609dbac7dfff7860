import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { MANY_CONNECTIONS, startApp, type TestApp } from '../support/app.js';
import { placeSale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';

describe('the ledger under contention, on two replicas', () => {
  let shop: TestApp;
  let replica: TestApp;
  let manager: TestUser;

  beforeAll(async () => {
    shop = await startApp(MANY_CONNECTIONS);
    replica = await startApp(MANY_CONNECTIONS, shop);
    manager = await createCustomer(shop, 'manager');
  });
  afterEach(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const CLIENTS = 64;
  const either = (n: number): TestApp => (n % 2 === 0 ? shop : replica);
  const levelOf = async (id: string): Promise<number> =>
    (await shop.db.query('SELECT stock FROM products WHERE id = $1', [id])).rows[0].stock;
  const move = (n: number, id: string, delta: number) =>
    either(n)
      .http.post(`/api/products/${id}/stock-movements`)
      .set(manager.bearer)
      .send({ delta, reason: 'adjustment' });
  const bulk = (n: number, body: object) => either(n).http.post('/api/products/stock').set(manager.bearer).send(body);
  const each = <T>(work: (n: number) => PromiseLike<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: CLIENTS }, (_, n) => work(n)));

  test('64 clients that adjust one product are all counted, and none takes it below zero', async () => {
    const { id } = await createProduct(shop.db, { stock: 5 });
    const deltas = Array.from({ length: CLIENTS }, (_, n) => (n % 3 === 0 ? 2 : -3));
    const answers = await each((n) => move(n, id, deltas[n] ?? 0));
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    const taken = answers.reduce((sum, { status }, n) => sum + (status === 201 ? (deltas[n] ?? 0) : 0), 5);
    expect(await levelOf(id)).toBe(taken);
    expect(answers.filter(({ status }) => status === 409).length).toBeGreaterThan(0);
    // An answer tells the level after its own movement: each was the only one at its place in the ledger.
    const { rows } = await shop.db.query('SELECT id, balance_after FROM stock_movements WHERE product_id = $1', [id]);
    const balances = new Map(rows.map((row) => [row.id, row.balance_after]));
    for (const { status, body } of answers) if (status === 201) expect(balances.get(body.id)).toBe(body.balanceAfter);
  });

  test('64 clients with crossing lists of products meet no deadlock, and each list counts whole or not at all', async () => {
    const made = await Promise.all(Array.from({ length: 4 }, () => createProduct(shop.db, { stock: 40 })));
    const answers = await each((n) => {
      const order = n % 4 < 2 ? made : [...made].reverse();
      const items = order.map(({ sku }) => ({ sku, delta: n % 2 === 0 ? -2 : 1 }));
      return bulk(n, { mode: 'adjust', items });
    });
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const sum = answers.reduce((total, { status }, n) => total + (status === 200 ? (n % 2 === 0 ? -2 : 1) : 0), 40);
    for (const { id } of made) expect(await levelOf(id)).toBe(sum);
  });

  test('levels that are set, adjusted and sold at the same time add up, whoever comes first', async () => {
    const made = await Promise.all(Array.from({ length: 3 }, () => createProduct(shop.db, { stock: 30 })));
    const [a, b, c] = made as [(typeof made)[0], (typeof made)[0], (typeof made)[0]];
    const shoppers = await Promise.all(Array.from({ length: CLIENTS }, () => createCustomer(shop)));
    const levels = (products: readonly { readonly id: string }[]) =>
      products.map(({ id }) => ({ productId: id, quantity: 20 }));
    const works = [
      (n: number) => either(n).http.put(`/api/products/${b.id}/stock`).set(manager.bearer).send({ quantity: 25 }),
      (n: number) => bulk(n, { mode: 'set', items: levels([c, b, a]) }),
      (n: number) => bulk(n, { mode: 'adjust', items: [c, a].map(({ sku }) => ({ sku, delta: -4 })) }),
      (n: number) => move(n, a.id, 3),
    ];
    const sell = (n: number) => {
      const basket = (n % 2 === 0 ? [a, b, c] : [c, b, a]).map(({ id }) => ({ productId: id, quantity: 2 }));
      return placeSale(either(n), shoppers[n] ?? manager, basket);
    };
    const answers = await each((n) => (works[n % 8] ?? sell)(n));
    const others = answers.filter(({ status }) => ![200, 201, 409].includes(status));
    expect(others.map(({ body }) => body)).toEqual([]);
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
    for (const { id } of made) {
      const { rows } = await shop.db.query(
        `SELECT p.stock, sum(m.delta)::int AS moved, min(m.balance_after) AS lowest,
           (SELECT balance_after FROM stock_movements l WHERE l.product_id = p.id ORDER BY created_at DESC, position DESC
             LIMIT 1) AS latest
         FROM products p JOIN stock_movements m ON m.product_id = p.id WHERE p.id = $1 GROUP BY p.id`,
        [id],
      );
      const [{ stock, moved, lowest, latest }] = rows;
      expect([moved, latest]).toEqual([stock, stock]);
      expect(lowest).toBeGreaterThanOrEqual(0);
    }
  });
});
