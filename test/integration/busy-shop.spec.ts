import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Response } from 'supertest';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { MANY_CONNECTIONS, startApp, type TestApp } from '../support/app.js';
import { ADDRESS, addToCart, type BasketItem, paySale, placeSale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';

/** How long the shop is open; `make test-money` keeps it open for a minute. */
const OPEN_MS = Number(process.env.CROSSING_SECONDS ?? 2) * 1_000;
const SHOPPERS = 10;
/** After so long, a backend has told its counters. */
const COUNTED_MS = 1_200;

const LIMITS = [
  { usageLimit: 50_000 },
  { perCustomerLimit: 50_000 },
  { usageLimit: null },
  { perCustomerLimit: null },
  { priority: 3 },
];

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
const chance = (of: number): boolean => Math.random() < of;

/** Everybody does one thing after another, while others do the same; none of it may fail by the shop's own fault. */
describe('a busy shop, on two replicas', () => {
  let shop: TestApp;
  let replica: TestApp;
  let staff: TestUser;
  let products: string[];
  const coupons: string[] = [];
  /** How often each act has succeeded. */
  const done = new Map<string, number>();
  const failed: string[] = [];

  beforeAll(async () => {
    shop = await startApp({ ...MANY_CONNECTIONS, MAX_OPEN_RESERVATIONS: '0' });
    replica = await startApp({ ...MANY_CONNECTIONS, MAX_OPEN_RESERVATIONS: '0', WORKER: 'off' }, shop);
    staff = await createCustomer(shop, 'manager');
    products = await Promise.all(
      Array.from({ length: 5 }, async () => (await createProduct(shop.db, { stock: 100_000 })).id),
    );
    const terms = { name: 'Ten', type: 'percentage', percentage: 10 };
    for (const limits of LIMITS) {
      const code = `C${randomUUID().slice(0, 8).toUpperCase()}`;
      coupons.push(code);
      await asStaff('post', '/api/admin/promotions', { ...terms, code, ...limits }).expect(201);
    }
    const automatic = { name: 'Always', type: 'fixed', amount: '0.50', usageLimit: 100_000 };
    await asStaff('post', '/api/admin/promotions', automatic).expect(201);
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const either = (): TestApp => pick([shop, replica]);
  const asStaff = (method: 'get' | 'post' | 'patch', path: string, body: object = {}) =>
    either().http[method](path).set(staff.bearer).send(body);
  const some = (): BasketItem[] =>
    [...new Set([pick(products), pick(products), pick(products)])].map((productId) => ({
      productId,
      quantity: pick([1, 2, 3]),
    }));

  async function act(name: string, request: PromiseLike<Response>): Promise<Response> {
    const answer = await request;
    if (answer.status >= 500) failed.push(`${name}: ${answer.status} ${answer.body.code}`);
    if (answer.status < 300) done.set(name, (done.get(name) ?? 0) + 1);
    return answer;
  }

  async function placed(buyer: TestUser): Promise<string | undefined> {
    if (chance(0.5)) {
      const body = { items: some(), deliveryAddress: ADDRESS, couponCode: pick(coupons) };
      return (await act('buy', either().http.post('/api/sales').set(buyer.bearer).send(body))).body.id;
    }
    for (const { productId, quantity } of some()) await act('add', addToCart(either(), buyer, productId, quantity));
    if (chance(0.5)) {
      await act(
        'coupon',
        either()
          .http.put('/api/cart/coupon')
          .set(buyer.bearer)
          .send({ code: pick(coupons) }),
      );
    }
    return (await act('checkout', placeSale(either(), buyer, undefined))).body.id;
  }

  const cancel = (buyer: TestUser, saleId: string) =>
    act('cancel', either().http.post(`/api/sales/${saleId}/cancel`).set(buyer.bearer).send({}));

  async function sendAndTakeBack(buyer: TestUser, saleId: string): Promise<void> {
    const move = (status: string) => act(status, asStaff('patch', `/api/admin/sales/${saleId}/status`, { status }));
    await move('shipped');
    const sent = await move('delivered');
    const [item] = sent.body.items ?? [];
    if (item === undefined) return;
    const items = [{ productId: item.productId, quantity: 1 }];
    const asking = either().http.post(`/api/sales/${saleId}/returns`).set(buyer.bearer);
    const { body } = await act('return', asking.send({ items, reason: 'Too small.' }));
    for (const status of ['approved', 'received']) {
      await act(status, asStaff('patch', `/api/admin/returns/${body.id}`, { status }));
    }
  }

  async function buyOnce(buyer: TestUser): Promise<void> {
    const saleId = await placed(buyer);
    if (saleId === undefined) return;
    if (chance(0.25)) return void (await cancel(buyer, saleId));
    const edit = { items: some().slice(0, 1), couponCode: pick(coupons) };
    if (chance(0.3)) await act('edit', asStaff('patch', `/api/admin/sales/${saleId}`, edit));
    const paying = act('pay', paySale(either(), buyer, saleId, pick(['ok', 'ok', 'declined'])));
    await Promise.all([paying, ...(chance(0.2) ? [cancel(buyer, saleId)] : [])]);
    if (chance(0.3)) return sendAndTakeBack(buyer, saleId);
    if (chance(0.3)) {
      await act('refund', asStaff('post', `/api/admin/sales/${saleId}/refunds`, { amount: '1.00', reason: 'Late.' }));
    }
  }

  /** Fills a cart as a guest, and buys what is in it, or something else, or takes it over. */
  async function visit(buyer: TestUser): Promise<void> {
    const added = await act('guest adds', either().http.post('/api/cart/items').send(pick(some())));
    const token = { 'Cart-Token': added.headers['cart-token'] ?? '' };
    const order = { deliveryAddress: ADDRESS, email: 'guest@example.com', ...(chance(0.5) ? { items: some() } : {}) };
    const buying = act('guest buys', either().http.post('/api/sales').set(token).send(order));
    const takesOver = chance(0.5);
    const takeover = either()
      .http.get('/api/cart')
      .set({ ...buyer.bearer, ...token });
    await Promise.all([buying, ...(takesOver ? [act('take over', takeover)] : [])]);
  }

  async function manage(): Promise<void> {
    const product = pick(products);
    const more = products.map((productId) => ({ productId, delta: 1, reason: 'receipt' }));
    const { body } = await act('list', asStaff('get', '/api/admin/promotions'));
    const path = `/api/admin/promotions/${pick<{ id: string }>(body.items).id}`;
    await pick([
      () =>
        act('receive', asStaff('post', `/api/products/${product}/stock-movements`, { delta: 5, reason: 'receipt' })),
      () => act('receive many', asStaff('post', '/api/stock-movements/bulk', { movements: more })),
      () => act('price', asStaff('patch', `/api/products/${product}`, { price: `${pick([5, 8, 13])}.00` })),
      () => act('limit', asStaff('patch', path, pick(LIMITS))),
      () => act('look', asStaff('get', '/api/admin/overview')),
    ])();
    await delay(50);
  }

  it('does all that a shop does at the same time, and nothing fails, waits for itself or gets lost', async () => {
    const buyers = await Promise.all(Array.from({ length: SHOPPERS }, () => createCustomer(shop)));
    const end = Date.now() + OPEN_MS;
    const untilClosed = async (work: () => Promise<void>): Promise<void> => {
      while (Date.now() < end) await work();
    };
    const shoppers = buyers.map((buyer) => untilClosed(() => (chance(0.2) ? visit(buyer) : buyOnce(buyer))));
    await Promise.all([...shoppers, untilClosed(manage)]);
    expect(failed).toEqual([]);
    // A limit that staff change may cross with a sale that they edit: one of the two begins again.
    await delay(COUNTED_MS);
    const deadlocks = 'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()';
    expect((await shop.db.query(deadlocks)).rows[0].deadlocks).toBeLessThan(3);
    expect(await brokenInvariants(shop.db)).toEqual({});
    expect([...done.keys()]).toEqual(
      expect.arrayContaining(['buy', 'checkout', 'cancel', 'edit', 'pay', 'guest buys']),
    );
  }, 120_000);
});
