import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { newId } from '../../src/common/ids.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { MANY_CONNECTIONS, startApp, type TestApp } from '../support/app.js';
import { ADDRESS, paySale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';
import { waitedFor } from '../support/locks.js';

let shop: TestApp;
let replica: TestApp;
let manager: TestUser;

beforeAll(async () => {
  shop = await startApp(MANY_CONNECTIONS);
  replica = await startApp({ ...MANY_CONNECTIONS, WORKER: 'off' }, shop);
  manager = await createCustomer(shop, 'manager');
});
afterEach(async () => {
  // Those that apply by themselves would be in every cart that follows.
  await shop.db.query('UPDATE promotions SET active = false WHERE code IS NULL');
  expect(await brokenInvariants(shop.db)).toEqual({});
});
afterAll(async () => {
  await replica.close();
  await shop.close();
});

const code = (): string => `C-${newId().slice(-12)}`.toUpperCase();
const post = (body: object) => shop.http.post('/api/admin/promotions').set(manager.bearer).send(body);
async function make(terms: object = {}): Promise<{ id: string; code: string }> {
  const body = { name: 'Spring', code: code(), type: 'percentage', percentage: '10', ...terms };
  return (await post(body).expect(201)).body;
}
const patch = (id: string, body: object) =>
  shop.http.patch(`/api/admin/promotions/${id}`).set(manager.bearer).send(body);
const shown = async (id: string) =>
  (await shop.http.get(`/api/admin/promotions/${id}`).set(manager.bearer).expect(200)).body;

const add = (buyer: TestUser, productId: string, quantity: number) =>
  shop.http.post('/api/cart/items').set(buyer.bearer).send({ productId, quantity }).expect(200);
const redeem = (buyer: TestUser, coupon: string) =>
  shop.http.put('/api/cart/coupon').set(buyer.bearer).send({ code: coupon });
const either = (n: number): TestApp => (n % 2 === 0 ? shop : replica);
const place = (buyer: TestUser, body: object = {}, at = shop) =>
  at.http
    .post('/api/sales')
    .set(buyer.bearer)
    .send({ deliveryAddress: ADDRESS, ...body });

/** Answers a request that has to wait for what `hold` has locked, until `change` is committed. */
async function whileHeld<T>(
  hold: (holder: pg.PoolClient) => Promise<unknown>,
  request: () => PromiseLike<T>,
  change: (holder: pg.PoolClient) => Promise<unknown>,
): Promise<T> {
  const holder = await shop.db.connect();
  try {
    await holder.query('BEGIN');
    await hold(holder);
    const answer = Promise.resolve(request());
    await eventually(async () => expect(await waitedFor(holder)).toBeGreaterThan(0));
    await change(holder);
    await holder.query('COMMIT');
    return await answer;
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
}

/** Somebody with two mugs at 10.00 and a lamp at 33.33 in the cart. */
async function shopper(): Promise<{ buyer: TestUser; mug: string; lamp: string }> {
  const buyer = await createCustomer(shop);
  const mug = (await createProduct(shop.db, { price: 1_000n, stock: 100 })).id;
  const lamp = (await createProduct(shop.db, { price: 3_333n, stock: 100 })).id;
  await add(buyer, mug, 2);
  await add(buyer, lamp, 1);
  return { buyer, mug, lamp };
}

describe('a coupon', () => {
  test('takes its part off the cart, its total and the sale, line by line to the cent', async () => {
    const { buyer } = await shopper();
    const promotion = await make();
    const { body: cart } = await redeem(buyer, ` ${promotion.code.toLowerCase()} `).expect(200);
    const money = { subtotal: '53.33', discount: '5.33', total: '48.00' };
    expect(cart).toMatchObject({ ...money, couponCode: promotion.code });
    const total = await shop.http.get('/api/cart/total').set(buyer.bearer).expect(200);
    expect(total.body).toMatchObject(money);
    const { body: sale } = await place(buyer).expect(201);
    expect(sale).toMatchObject({ ...money, couponCode: promotion.code });
    expect(sale.items.map((item: { discount: string }) => item.discount)).toEqual(['2.00', '3.33']);
    expect((await shop.http.get('/api/cart').set(buyer.bearer)).body).toMatchObject({ couponCode: null, items: [] });
    expect(await shown(promotion.id)).toMatchObject({ uses: 1 });
    await paySale(shop, buyer, sale.id).expect(201);
    const { body: invoices } = await shop.http.get('/api/invoices').set(buyer.bearer).expect(200);
    expect(invoices.items[0]).toMatchObject(money);
  });

  test('may be named by the request alone, with items too', async () => {
    const { buyer, mug } = await shopper();
    const promotion = await make({ type: 'fixed', amount: '3.00', percentage: undefined });
    const items = [{ productId: mug, quantity: 1 }];
    const { body } = await place(buyer, { items, couponCode: promotion.code }).expect(201);
    expect(body).toMatchObject({ subtotal: '10.00', discount: '3.00', total: '7.00', couponCode: promotion.code });
  });

  test('stays with a guest’s cart, and goes over to the customer’s', async () => {
    const { id } = await createProduct(shop.db, { price: 1_000n, stock: 5 });
    const promotion = await make();
    const made = await shop.http.put('/api/cart/coupon').send({ code: promotion.code }).expect(200);
    const token: string = made.headers['cart-token'] ?? '';
    expect(token).toMatch(/^[\w-]{20,}$/);
    const guest = { 'cart-token': token };
    const filled = await shop.http.post('/api/cart/items').set(guest).send({ productId: id, quantity: 1 }).expect(200);
    expect(filled.body).toMatchObject({ discount: '1.00', couponCode: promotion.code });
    const buyer = await createCustomer(shop);
    const taken = await shop.http.get('/api/cart').set(guest).set(buyer.bearer).expect(200);
    expect(taken.body).toMatchObject({ discount: '1.00', total: '9.00', couponCode: promotion.code });
  });

  test('can be taken back', async () => {
    const { buyer } = await shopper();
    await redeem(buyer, (await make()).code).expect(200);
    const { body } = await shop.http.delete('/api/cart/coupon').set(buyer.bearer).expect(200);
    expect(body).toMatchObject({ discount: '0.00', total: '53.33', couponCode: null });
    await shop.http.delete('/api/cart/coupon').expect(200);
  });

  const day = (offset: number): string => new Date(shop.clock.now().getTime() + offset * 86_400_000).toISOString();
  test.each<[string, number, () => object]>([
    ['coupon_not_found', 404, () => ({ active: false })],
    ['coupon_not_started', 409, () => ({ startsAt: day(1) })],
    ['coupon_expired', 409, () => ({ startsAt: day(-2), endsAt: day(-1) })],
  ])('is refused as %s, in the cart and at the checkout, and nothing changes', async (problem, status, terms) => {
    const { buyer } = await shopper();
    const promotion = await make(terms());
    for (const answer of [await redeem(buyer, promotion.code), await place(buyer, { couponCode: promotion.code })]) {
      expect([answer.status, answer.body.code]).toEqual([status, problem]);
      expect(answer.body.errors).toMatchObject([{ path: expect.stringMatching(/^(code|couponCode)$/) }]);
    }
    expect((await shop.http.get('/api/cart').set(buyer.bearer)).body).toMatchObject({ itemCount: 3, couponCode: null });
  });

  test.each(['NONE-SUCH', '', 'x'.repeat(200), "' OR 1=1 --", 'ſpring', '\u{1f600}'])('is not %j', async (unknown) => {
    const buyer = await createCustomer(shop);
    const { status, body } = await redeem(buyer, unknown);
    expect([400, 404]).toContain(status);
    expect(['invalid_request', 'coupon_not_found']).toContain(body.code);
  });

  test('is for products and categories that there are: others are named, and nothing changes', async () => {
    const mug = (await createProduct(shop.db)).id;
    const promotion = await make({ productIds: [mug] });
    for (const [field, problem] of [
      ['productIds', 'product_not_found'],
      ['categoryIds', 'category_not_found'],
    ] as const) {
      const terms = { [field]: [...(field === 'productIds' ? [mug] : []), newId()] };
      const made = await post({ name: 'X', code: code(), type: 'percentage', percentage: '10', ...terms });
      for (const { status, body } of [made, await patch(promotion.id, terms)]) {
        const path = `${field}.${field === 'productIds' ? 1 : 0}`;
        expect({ status, ...body }).toMatchObject({ status: 404, code: problem, errors: [{ path }] });
      }
    }
    expect(await shown(promotion.id)).toMatchObject({ productIds: [mug], categoryIds: null });
    await patch(promotion.id, { name: 'Y' }).expect(200);
  });

  test('that has ended while it lay in a cart is told at the checkout, and shown as nothing before', async () => {
    const { buyer } = await shopper();
    const promotion = await make();
    await redeem(buyer, promotion.code).expect(200);
    await patch(promotion.id, { endsAt: day(-1) }).expect(200);
    expect((await shop.http.get('/api/cart').set(buyer.bearer)).body).toMatchObject({ discount: '0.00' });
    expect((await shop.http.get('/api/cart/total').set(buyer.bearer)).body).toMatchObject({ discount: '0.00' });
    const { status, body } = await place(buyer);
    expect([status, body.code]).toEqual([409, 'coupon_expired']);
  });

  test('that takes nothing off what is bought is refused where it is named, and waits in a cart', async () => {
    const { buyer } = await shopper();
    const promotion = await make({ minimum: '100.00' });
    expect((await redeem(buyer, promotion.code).expect(200)).body).toMatchObject({ discount: '0.00' });
    const named = await place(buyer, { couponCode: promotion.code });
    expect([named.status, named.body.code]).toEqual([409, 'coupon_not_applicable']);
    expect((await place(buyer).expect(201)).body).toMatchObject({ discount: '0.00', couponCode: null });
    expect(await shown(promotion.id)).toMatchObject({ uses: 0 });
  });
});

describe('promotions', () => {
  test('without a code apply by themselves, to their products and to categories with those below', async () => {
    const { buyer, mug, lamp } = await shopper();
    const category = async (name: string, parentId?: string): Promise<string> =>
      (await shop.http.post('/api/categories').set(manager.bearer).send({ name, parentId }).expect(201)).body.id;
    const parent = await category(`Light ${newId()}`);
    const child = await category(`Lamps ${newId()}`, parent);
    await shop.http.patch(`/api/products/${lamp}`).set(manager.bearer).send({ category: child }).expect(200);
    await make({ code: undefined, categoryIds: [parent], percentage: 50 });
    await make({
      code: undefined,
      productIds: [mug],
      type: 'buy_x_get_y',
      percentage: undefined,
      buyQuantity: 1,
      getQuantity: 1,
    });
    const { body } = await shop.http.get('/api/cart').set(buyer.bearer).expect(200);
    expect(body).toMatchObject({ subtotal: '53.33', discount: '26.67', total: '26.66', couponCode: null });
    const { body: sale } = await place(buyer).expect(201);
    expect(sale.items.map((item: { discount: string }) => item.discount)).toEqual(['10.00', '16.67']);
  });

  test('that are changed while a sale is placed are priced anew or as they were, never mixed', async () => {
    const promotion = await make({ code: undefined });
    const buyers = await Promise.all(Array.from({ length: 12 }, shopper));
    const [answers] = await Promise.all([
      Promise.all(buyers.map(({ buyer }) => place(buyer))),
      patch(promotion.id, { percentage: '50' }).expect(200),
    ]);
    const totals = answers.map(({ status, body }) => [status, body.discount, body.total].join(' '));
    expect(new Set(['201 5.33 48.00', '201 26.67 26.66', ...totals]).size).toBe(2);
  });

  test('leave with the sale that is cancelled, so that the next one may have them', async () => {
    const { buyer } = await shopper();
    const promotion = await make({ usageLimit: 1, perCustomerLimit: 1 });
    const { body: sale } = await place(buyer, { couponCode: promotion.code }).expect(201);
    expect(await shown(promotion.id)).toMatchObject({ uses: 1 });
    const { buyer: other } = await shopper();
    const refused = await place(other, { couponCode: promotion.code });
    expect([refused.status, refused.body.code]).toEqual([409, 'coupon_used_up']);
    await shop.http.post(`/api/sales/${sale.id}/cancel`).set(buyer.bearer).send({}).expect(200);
    expect(await shown(promotion.id)).toMatchObject({ uses: 0 });
    await place(other, { couponCode: promotion.code }).expect(201);
  });
});

describe('a limit', () => {
  test('of one use leaves one of fifty carts with it, the others as they were', async () => {
    const promotion = await make({ usageLimit: 1 });
    const buyers = await Promise.all(Array.from({ length: 50 }, shopper));
    const answers = await Promise.all(
      buyers.map(({ buyer }, n) => place(buyer, { couponCode: promotion.code }, either(n))),
    );
    const outcomes = answers.map(({ status, body }) => `${status} ${body.code ?? body.couponCode}`);
    expect(outcomes.filter((outcome) => outcome === `201 ${promotion.code}`)).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === '409 coupon_used_up')).toHaveLength(49);
    expect(await shown(promotion.id)).toMatchObject({ uses: 1 });
  });

  test('of two by customer holds for ten checkouts at once, and for a guest by the address', async () => {
    const { buyer, mug } = await shopper();
    const promotion = await make({ perCustomerLimit: 2 });
    const items = [{ productId: mug, quantity: 1 }];
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => place(buyer, { items, couponCode: promotion.code }, either(n))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, ...Array.from({ length: 8 }, () => 409)]);
    const byGuest = async (email: string) => {
      const made = await shop.http.post('/api/cart/items').send({ productId: mug, quantity: 1 }).expect(200);
      const body = { deliveryAddress: ADDRESS, email, couponCode: promotion.code };
      return shop.http
        .post('/api/sales')
        .set('cart-token', made.headers['cart-token'] ?? '')
        .send(body);
    };
    const name = newId();
    const guests = [`${name}@example.com`, `${name.toUpperCase()}@Example.com`, `${name}@example.com`];
    const statuses = [];
    for (const email of guests) statuses.push((await byGuest(email)).status);
    expect(statuses).toEqual([201, 201, 409]);
  });

  test('by customer counts what they had before it was set, by each account and address', async () => {
    const promotion = await make();
    const { buyer, mug } = await shopper();
    const body = { items: [{ productId: mug, quantity: 1 }], couponCode: promotion.code };
    const asGuest = async (email: string) => {
      const { headers } = await shop.http.post('/api/cart/items').send({ productId: mug, quantity: 1 }).expect(200);
      return shop.http
        .post('/api/sales')
        .set('cart-token', headers['cart-token'] ?? '')
        .send({ ...body, deliveryAddress: ADDRESS, email });
    };
    const email = `${newId()}@example.com`;
    for (let sale = 0; sale < 2; sale += 1) {
      await place(buyer, body).expect(201);
      expect((await asGuest(email)).status).toBe(201);
    }
    const outcomes = async () => {
      const answers = [await place(buyer, body), await asGuest(email.toUpperCase())];
      return answers.map(({ status, body: { code: problem } }) => problem ?? status);
    };
    await patch(promotion.id, { perCustomerLimit: 2 }).expect(200);
    expect(await outcomes()).toEqual(['coupon_used_up', 'coupon_used_up']);
    expect((await asGuest(`${newId()}@example.com`)).status).toBe(201);
    await patch(promotion.id, { perCustomerLimit: null }).expect(200);
    expect(await outcomes()).toEqual([201, 201]);
    await patch(promotion.id, { perCustomerLimit: 4 }).expect(200);
    expect(await outcomes()).toEqual([201, 201]);
    expect(await outcomes()).toEqual(['coupon_used_up', 'coupon_used_up']);
  });

  test('by customer may be any number, and costs a checkout no more than a low one', async () => {
    const { buyer, mug } = await shopper();
    const promotion = await make({ perCustomerLimit: 1_000_000_000 });
    const items = [{ productId: mug, quantity: 1 }];
    for (let sale = 0; sale < 3; sale += 1) await place(buyer, { items, couponCode: promotion.code }).expect(201);
    const { rows } = await shop.db.query('SELECT nth FROM promotion_uses WHERE promotion_id = $1 ORDER BY nth', [
      promotion.id,
    ]);
    expect(rows).toEqual([{ nth: 1 }, { nth: 2 }, { nth: 3 }]);
  });

  test('by customer gives a number that was freed to the next', async () => {
    const { buyer, mug } = await shopper();
    const promotion = await make({ perCustomerLimit: 3 });
    const buy = async () =>
      (await place(buyer, { items: [{ productId: mug, quantity: 1 }], couponCode: promotion.code })).body;
    const sales = [await buy(), await buy(), await buy()];
    expect(await buy()).toMatchObject({ code: 'coupon_used_up' });
    await shop.http.post(`/api/sales/${sales[1].id}/cancel`).set(buyer.bearer).send({}).expect(200);
    expect(await buy()).toMatchObject({ couponCode: promotion.code });
    expect(await buy()).toMatchObject({ code: 'coupon_used_up' });
  });

  test('that staff set while somebody waits to count is the one that holds', async () => {
    const promotion = await make({ usageLimit: 5 });
    await place((await shopper()).buyer, { couponCode: promotion.code }).expect(201);
    const { buyer } = await shopper();
    const answer = await whileHeld(
      (holder) => holder.query('SELECT id FROM promotions WHERE id = $1 FOR NO KEY UPDATE', [promotion.id]),
      () => place(buyer, { couponCode: promotion.code }),
      (holder) =>
        holder.query('UPDATE promotions SET usage_limit = 1, version = version + 1 WHERE id = $1', [promotion.id]),
    );
    expect([answer.status, answer.body.code]).toEqual([409, 'coupon_used_up']);
  });

  test('that staff set and take back while it is used counts all uses, with whose they are', async () => {
    const promotion = await make();
    const mug = (await createProduct(shop.db, { stock: 10_000 })).id;
    const body = { items: [{ productId: mug, quantity: 1 }], couponCode: promotion.code };
    const buyers = await Promise.all(Array.from({ length: 8 }, () => createCustomer(shop)));
    const limits = [
      { usageLimit: 5_000 },
      { perCustomerLimit: 5_000 },
      { usageLimit: null },
      { perCustomerLimit: null },
    ];
    let open = buyers.length;
    const buy = async (buyer: TestUser, n: number) => {
      for (let sale = 0; sale < 12; sale += 1) {
        const { body: placed } = await place(buyer, body, either(n + sale)).expect(201);
        const cancel = either(n).http.post(`/api/sales/${placed.id}/cancel`).set(buyer.bearer).send({});
        if (sale % 3 === 0) await cancel.expect(200);
      }
      open -= 1;
    };
    const shopping = Promise.all(buyers.map(buy));
    for (let change = 0; open > 2; change += 1) {
      await patch(promotion.id, limits[change % 4] ?? {}).expect(200);
      // Each change has those begin again who are at it.
      await delay(25);
    }
    await patch(promotion.id, { usageLimit: 5_000, perCustomerLimit: 5_000 }).expect(200);
    await shopping;
    const { rows } = await shop.db.query(
      `SELECT pr.uses, (SELECT count(*)::int FROM promotion_uses u WHERE u.promotion_id = pr.id) AS told,
         (SELECT count(*)::int FROM promotion_uses u WHERE u.promotion_id = pr.id AND u.customer IS NOT NULL) AS known
       FROM promotions pr WHERE pr.id = $1`,
      [promotion.id],
    );
    expect(rows).toEqual([{ uses: 64, told: 64, known: 64 }]);
  });

  test('by customer holds for a sale that staff edit while the customer buys', async () => {
    const { buyer, mug } = await shopper();
    const promotion = await make({ perCustomerLimit: 1 });
    const items = [{ productId: mug, quantity: 1 }];
    const [edited, other] = [await place(buyer, { items }).expect(201), await place(buyer, { items }).expect(201)];
    const use = [other.body.id, promotion.id, buyer.id];
    const answer = await whileHeld(
      (holder) => holder.query('INSERT INTO promotion_uses VALUES ($1, $2, $3, 1, 0, now())', use),
      () =>
        shop.http.patch(`/api/admin/sales/${edited.body.id}`).set(manager.bearer).send({ couponCode: promotion.code }),
      () => Promise.resolve(),
    );
    expect([answer.status, answer.body.code]).toEqual([409, 'cart_changed']);
    await shop.db.query('DELETE FROM promotion_uses WHERE promotion_id = $1', [promotion.id]);
  });

  test('cannot be set below what sales have already', async () => {
    const { buyer } = await shopper();
    const promotion = await make();
    await place(buyer, { couponCode: promotion.code }).expect(201);
    await patch(promotion.id, { usageLimit: 1 }).expect(200);
    expect(await shown(promotion.id)).toMatchObject({ uses: 1, usageLimit: 1 });
    const other = (await shopper()).buyer;
    await patch(promotion.id, { usageLimit: 2 }).expect(200);
    await place(other, { couponCode: promotion.code }).expect(201);
    const { status, body } = await patch(promotion.id, { usageLimit: 1 });
    expect([status, body.errors]).toEqual([
      400,
      [{ path: 'usageLimit', message: expect.stringContaining('at least 2') }],
    ]);
  });
});

describe('staff', () => {
  test('make, list, change and delete promotions', async () => {
    const made = await post({ name: 'Spring', code: 'spring_7', type: 'percentage', percentage: 8.875 }).expect(201);
    expect(made.body).toMatchObject({
      code: 'SPRING_7',
      percentage: '8.875',
      minimum: '0.00',
      uses: 0,
      version: 1,
      active: true,
    });
    expect(made.headers.location).toBe(`/api/admin/promotions/${made.body.id}`);
    const list = await shop.http.get('/api/admin/promotions?perPage=1').set(manager.bearer).expect(200);
    expect(list.body.items).toEqual([made.body]);
    const { body: changed } = await patch(made.body.id, { type: 'fixed', amount: '5', exclusive: true }).expect(200);
    expect(changed).toMatchObject({ type: 'fixed', amount: '5.00', percentage: null, exclusive: true, version: 2 });
    await shop.http.delete(`/api/admin/promotions/${made.body.id}`).set(manager.bearer).expect(204);
    await shop.http.get(`/api/admin/promotions/${made.body.id}`).set(manager.bearer).expect(404);
  });

  test('cannot delete what sales have used, nor give a code twice', async () => {
    const { buyer } = await shopper();
    const promotion = await make();
    await place(buyer, { couponCode: promotion.code }).expect(201);
    const deleted = await shop.http.delete(`/api/admin/promotions/${promotion.id}`).set(manager.bearer);
    expect([deleted.status, deleted.body.code]).toEqual([409, 'promotion_in_use']);
    const twice = await post({ name: 'x', code: promotion.code.toLowerCase(), type: 'percentage', percentage: 1 });
    expect([twice.status, twice.body.code]).toEqual([409, 'coupon_code_taken']);
  });

  test.each<[string, object]>([
    ['percentage', { type: 'percentage' }],
    ['percentage', { type: 'percentage', percentage: 0 }],
    ['percentage', { type: 'percentage', percentage: '100.0001' }],
    ['percentage', { type: 'percentage', percentage: '1.00001' }],
    ['amount', { type: 'percentage', percentage: 1, amount: '1' }],
    ['amount', { type: 'fixed' }],
    ['amount', { type: 'fixed', amount: '0' }],
    ['amount', { type: 'fixed', amount: '0.001' }],
    ['buyQuantity', { type: 'buy_x_get_y', getQuantity: 1 }],
    ['getQuantity', { type: 'buy_x_get_y', buyQuantity: 1, getQuantity: 0 }],
    ['endsAt', { type: 'fixed', amount: 1, startsAt: '2026-01-02T00:00:00Z', endsAt: '2026-01-02T00:00:00Z' }],
    ['code', { type: 'fixed', amount: 1, code: 'two words' }],
    ['code', { type: 'fixed', amount: 1, code: '-' }],
    ['productIds', { type: 'fixed', amount: 1, productIds: ['x'] }],
    ['usageLimit', { type: 'fixed', amount: 1, usageLimit: 0 }],
    ['minimum', { type: 'fixed', amount: 1, minimum: '-1' }],
    ['type', { type: 'free' }],
    ['uses', { type: 'fixed', amount: 1, uses: 3 }],
  ])('are told that %s does not fit in %j', async (path, terms) => {
    const { status, body } = await post({ name: 'Wrong', ...terms });
    expect(status).toBe(400);
    expect(body.errors.map((error: { path: string }) => error.path)).toContain(path);
  });
});
