import { randomUUID } from 'node:crypto';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { MANY_CONNECTIONS, startApp, type TestApp } from '../support/app.js';
import { ADDRESS, addToCart, type BasketItem, paySale, placeSale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';
import { waitedFor } from '../support/locks.js';

const MOST = 5;

describe('open sales of one buyer, on two replicas', () => {
  let shop: TestApp;
  let replica: TestApp;
  let unlimited: TestApp;
  let product: string;

  beforeAll(async () => {
    const settings = { ...MANY_CONNECTIONS, MAX_OPEN_RESERVATIONS: String(MOST) };
    shop = await startApp(settings);
    replica = await startApp(settings, shop);
    unlimited = await startApp({ ...settings, MAX_OPEN_RESERVATIONS: '0', WORKER: 'false' }, shop);
    product = (await createProduct(shop.db, { stock: 10_000 })).id;
  });
  afterEach(async () => expect(await brokenInvariants(shop.db)).toEqual({}));
  afterAll(async () => {
    await unlimited.close();
    await replica.close();
    await shop.close();
  });

  const either = (n: number): TestApp => (n % 2 === 0 ? shop : replica);
  const items = () => [{ productId: product, quantity: 1 }];
  const place = (buyer: TestUser, n = 0, headers: Record<string, string> = {}) =>
    placeSale(either(n), buyer, items(), headers);
  const payingAtOnce = (buyer: TestUser, method: string, n = 0, key: string = randomUUID()) =>
    either(n)
      .http.post('/api/sales')
      .set(buyer.bearer)
      .set('Idempotency-Key', key)
      .send({ items: items(), deliveryAddress: ADDRESS, payment: { provider: 'sandbox', method } });
  const openOf = async (buyer: TestUser): Promise<number> => {
    const { body } = await shop.http.get('/api/sales?status=pending&perPage=1').set(buyer.bearer).expect(200);
    return body.total;
  };
  const times = <T>(count: number, act: (n: number) => PromiseLike<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, n) => act(n)));
  const tally = (answers: readonly { status: number }[]): Record<number, number> => {
    const counts: Record<number, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };

  it('are never more than their limit, however many are placed at once, and nothing of a refused one stays', async () => {
    const buyer = await createCustomer(shop);
    // Each buys something else, so that they do not wait for each other’s products.
    const others = await times(40, () => createProduct(shop.db));
    const ids = others.map(({ id }) => id);
    const holder = await shop.db.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT id FROM products WHERE id = ANY ($1) FOR UPDATE', [ids]);
    const asked = times(40, (n) => placeSale(either(n), buyer, [{ productId: ids[n] ?? '', quantity: 1 }]));
    // All of them have looked for a place before one of them takes it.
    await eventually(async () => expect(await waitedFor(shop.db)).toBeGreaterThan(MOST * 2));
    await holder.query('COMMIT');
    holder.release();
    const answers = await asked;
    expect(tally(answers)).toEqual({ 201: MOST, 409: 40 - MOST });
    const refused = answers.filter(({ status }) => status === 409).map(({ body }) => body.code);
    expect(new Set(refused)).toEqual(new Set(['too_many_open_sales']));
    expect(await openOf(buyer)).toBe(MOST);
    const sold = 'SELECT sum(100 - stock)::int AS sold FROM products WHERE id = ANY ($1)';
    const { rows } = await shop.db.query(sold, [ids]);
    expect(rows).toEqual([{ sold: MOST }]);
    await place(await createCustomer(shop)).expect(201);
  });

  it('make room when they are paid, cancelled or run out', async () => {
    const buyer = await createCustomer(shop);
    const placed = await times(MOST, (n) => place(buyer, n).expect(201));
    const [paid, cancelled] = placed.map(({ body }) => body.id as string);
    const refused = await place(buyer).expect(409);
    expect(refused.body).toMatchObject({
      code: 'too_many_open_sales',
      detail: expect.stringContaining(`${MOST} sales`),
    });
    await paySale(shop, buyer, paid ?? '').expect(201);
    await place(buyer).expect(201);
    await place(buyer).expect(409);
    await shop.http.post(`/api/sales/${cancelled}/cancel`).set(buyer.bearer).send({}).expect(200);
    await place(buyer).expect(201);
    await place(buyer).expect(409);
    shop.clock.advance(16 * 60_000);
    await eventually(async () => expect(await openOf(buyer)).toBe(0));
    const again = await createCustomer(shop);
    expect(tally(await times(MOST + 1, (n) => place(again, n)))).toEqual({ 201: MOST, 409: 1 });
  }, 60_000);

  it('are not those that the same request pays: of these there may be any number, also beside open ones', async () => {
    const buyer = await createCustomer(shop);
    await times(MOST, (n) => place(buyer, n).expect(201));
    const answers = await times(30, (n) => payingAtOnce(buyer, 'ok', n));
    expect(tally(answers)).toEqual({ 201: 30 });
    expect(await openOf(buyer)).toBe(MOST);
  });

  it('are those whose payment in the same request has failed or is not decided; beyond the limit they are cancelled', async () => {
    const buyer = await createCustomer(shop);
    const answers = await times(12, (n) => payingAtOnce(buyer, n % 3 === 0 ? 'pending' : 'declined', n));
    expect(tally(answers)).toEqual({ 201: MOST, 409: 12 - MOST });
    expect(await openOf(buyer)).toBe(MOST);
    await place(buyer).expect(409);
    const { body } = await shop.http.get('/api/sales?status=cancelled').set(buyer.bearer).expect(200);
    expect(body.total).toBe(12 - MOST);
  });

  it('leave the cart of a refused one as it was, also where it was checked out twice at once and filled meanwhile', async () => {
    const buyer = await createCustomer(shop);
    await times(MOST, (n) => place(buyer, n).expect(201));
    const [later, coupon] = [
      (await createProduct(shop.db, { stock: 50 })).id,
      `KEEP${randomUUID().slice(0, 8)}`.toUpperCase(),
    ];
    const manager = await createCustomer(shop, 'manager');
    const terms = { name: 'Kept', type: 'percentage', percentage: '10', code: coupon };
    await shop.http.post('/api/admin/promotions').set(manager.bearer).send(terms).expect(201);
    const other = (await createProduct(shop.db, { stock: 50 })).id;
    await addToCart(shop, buyer, product, 2).expect(200);
    await addToCart(shop, buyer, other, 3).expect(200);
    const before = await shop.http.put('/api/cart/coupon').set(buyer.bearer).send({ code: coupon }).expect(200);
    const checkOut = (n: number) =>
      either(n)
        .http.post('/api/sales')
        .set(buyer.bearer)
        .set('Idempotency-Key', randomUUID())
        .send({
          deliveryAddress: ADDRESS,
          payment: { provider: 'sandbox', method: n % 2 === 0 ? 'declined' : 'pending' },
        });
    const cart = async () => (await shop.http.get('/api/cart').set(buyer.bearer).expect(200)).body;
    for (let round = 0; round < 5; round += 1) {
      const answers = await times(2, checkOut);
      const codes = answers.map(({ body }) => body.code);
      expect(codes).toContain('too_many_open_sales');
      // The other one may have come while the cart was empty.
      expect(codes.every((code) => ['too_many_open_sales', 'cart_empty', 'cart_changed'].includes(code))).toBe(true);
      expect(await cart()).toEqual(before.body);
    }
    await Promise.all([checkOut(0), addToCart(replica, buyer, later, 1), addToCart(shop, buyer, other, 1)]);
    const after = await cart();
    expect(Object.fromEntries(after.items.map((item: BasketItem) => [item.productId, item.quantity]))).toEqual({
      [product]: 2,
      [other]: 4,
      [later]: 1,
    });
    expect(after.couponCode).toBe(coupon);
    const total = (await shop.http.get('/api/cart/total').set(buyer.bearer).expect(200)).body;
    expect(total).toMatchObject({ itemCount: after.itemCount, total: after.total });
    // What the request named itself was never in the cart.
    await payingAtOnce(buyer, 'declined').expect(409);
    expect((await cart()).items).toHaveLength(3);
  });

  it('leave the cart of a refused guest as it was', async () => {
    const made = await shop.http.post('/api/cart/items').send({ productId: product, quantity: 1 }).expect(200);
    const guest = { 'cart-token': made.headers['cart-token'] ?? '' };
    const order = { items: items(), deliveryAddress: ADDRESS, email: 'guest@example.com' };
    const payment = { provider: 'sandbox', method: 'declined' };
    await times(MOST, () => shop.http.post('/api/sales').set(guest).send(order).expect(201));
    for (const body of [
      { ...order, payment },
      { ...order, items: undefined, payment },
    ]) {
      const { body: refused } = await shop.http.post('/api/sales').set(guest).send(body).expect(409);
      expect(refused.code).toBe('too_many_open_sales');
      expect((await shop.http.get('/api/cart').set(guest).expect(200)).body).toEqual(made.body);
    }
  });

  it('refuse a repetition as they refused the first request, until there is room', async () => {
    const buyer = await createCustomer(shop);
    const [open] = await times(MOST, (n) => place(buyer, n).expect(201));
    const key = randomUUID();
    for (const n of [0, 1]) {
      const { body } = await payingAtOnce(buyer, 'declined', n, key).expect(409);
      expect(body.code).toBe('too_many_open_sales');
    }
    await paySale(shop, buyer, open?.body.id).expect(201);
    await payingAtOnce(buyer, 'declined', 0, key).expect(201);
  });

  it('of a guest are those of the cart', async () => {
    const shopping = async (): Promise<Record<string, string>> => {
      const made = await shop.http.post('/api/cart/items').send({ productId: product, quantity: 1 }).expect(200);
      return { 'cart-token': made.headers['cart-token'] ?? '' };
    };
    const [guest, other] = [await shopping(), await shopping()];
    const body = { items: items(), deliveryAddress: ADDRESS, email: 'guest@example.com' };
    const buy = (token: Record<string, string>, n: number) => either(n).http.post('/api/sales').set(token).send(body);
    expect(tally(await times(MOST + 3, (n) => buy(guest, n)))).toEqual({ 201: MOST, 409: 3 });
    await buy(other, 0).expect(201);
  });

  it('count once for requests under one key, of which the first may take the last place', async () => {
    const buyer = await createCustomer(shop);
    await times(MOST - 1, (n) => place(buyer, n).expect(201));
    const key = { 'Idempotency-Key': randomUUID() };
    const answers = await times(12, (n) => place(buyer, n, key));
    expect(tally(answers)).toEqual({ 201: 12 });
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    await place(buyer, 0, key).expect(201);
    await place(buyer).expect(409);
  });

  it('may be any number where there is no limit', async () => {
    const buyer = await createCustomer(shop);
    expect(tally(await times(MOST * 3, () => placeSale(unlimited, buyer, items())))).toEqual({ 201: MOST * 3 });
  });
});
