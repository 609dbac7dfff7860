import { randomUUID } from 'node:crypto';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, paySale, placeSale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';
import { pay, saleOf, sandboxWebhook } from '../support/paying.js';
import { bearer, register } from '../support/people.js';

describe('the test clock', () => {
  let shop: TestApp;
  let replica: TestApp;
  let staff: TestUser;
  let product: { readonly id: string };

  beforeAll(async () => {
    shop = await startApp();
    replica = await startApp({ WORKER: 'off' }, shop);
    staff = await createCustomer(shop, 'manager');
    product = await createProduct(shop.db, { stock: 100 });
  });
  afterEach(async () => {
    await shop.http.delete('/api/test-clock').expect(200);
    await eventually(async () => expect(await offsetOf(replica)).toBe(0));
  });
  afterAll(async () => {
    // Events of the days that were skipped are gone, and are missed by who thinks that it is still today.
    await move({ advance: 'P4Y' }).expect(200);
    await eventually(async () => expect(await brokenInvariants(shop.db)).toEqual({}));
    await replica.close();
    await shop.close();
  });

  const move = (body: object, at = shop) => at.http.post('/api/test-clock').send(body);
  const offsetOf = async (at: TestApp): Promise<number> =>
    (await at.http.get('/api/test-clock').expect(200)).body.offsetSeconds;
  const some = (quantity: number) => [{ productId: product.id, quantity }];

  it('moves by seconds, by a duration and to a moment, and back', async () => {
    expect((await move({ advance: 90.5 }).expect(200)).body.offsetSeconds).toBe(90.5);
    expect((await move({ advance: 'PT1M' }).expect(200)).body.offsetSeconds).toBe(150.5);
    expect((await move({ advance: -0.5 }).expect(200)).body.offsetSeconds).toBe(150);
    const { body } = await move({ now: '2031-05-06T07:08:09+02:00' }).expect(200);
    expect(body.now).toMatch(/^2031-05-06T05:08:(09|1\d)\.\d{3}Z$/);
    const told = await shop.http.get('/api/test-clock').expect(200);
    expect(told.body).toEqual({ now: expect.stringMatching(/^2031-05-06T05:/), offsetSeconds: body.offsetSeconds });
    expect((await move({ reset: true }).expect(200)).body.offsetSeconds).toBe(0);
  });

  it.each([
    [{}, 'advance'],
    [{ advance: 1, reset: true }, 'advance'],
    [{ reset: false }, 'advance'],
    [{ advance: '1' }, 'advance'],
    [{ advance: 'P900Y' }, 'advance'],
    [{ advance: 1e300 }, 'advance'],
    [{ now: '2300-01-01T00:00:00Z' }, 'now'],
    [{ now: 'tomorrow' }, 'now'],
    [{ offset: 1 }, 'offset'],
  ])('refuses %j, naming %s', async (body, path) => {
    const answer = await move(body).expect(400);
    expect(answer.body.errors).toEqual([expect.objectContaining({ path })]);
    expect(await offsetOf(shop)).toBe(0);
  });

  it('adds up what is asked at once of several replicas, and all of them follow, SQL too', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, n) => move({ advance: 60 }, n % 2 ? replica : shop).expect(200)));
    await eventually(async () => expect([await offsetOf(shop), await offsetOf(replica)]).toEqual([600, 600]));
    const { rows } = await shop.db.query('SELECT extract(epoch FROM clock_now() - now())::int AS ahead');
    expect(rows[0].ahead).toBe(600);
    const late = await startApp({ WORKER: 'off' }, shop);
    expect(await offsetOf(late)).toBe(600);
    await late.close();
  });

  it('lets reservations run out at once, also where another replica was asked', async () => {
    const customer = await createCustomer(shop);
    const { body: sale } = await placeSale(shop, customer, some(3)).expect(201);
    const stock = async (): Promise<number> => (await shop.http.get(`/api/products/${product.id}`)).body.stock;
    const held = await stock();
    await move({ advance: 'PT16M' }, replica).expect(200);
    await eventually(async () => {
      const { body } = await shop.http.get(`/api/sales/${sale.id}`).set(customer.bearer).expect(200);
      expect(body.status).toBe('cancelled');
    });
    expect(await stock()).toBe(held + 3);
  });

  it('lets carts expire at once', async () => {
    const filled = await shop.http.post('/api/cart/items').send({ productId: product.id, quantity: 2 }).expect(200);
    const guest = { 'Cart-Token': filled.headers['cart-token'] as string };
    const pieces = async (): Promise<number> =>
      (await shop.http.get('/api/cart').set(guest).expect(200)).body.itemCount;
    await move({ advance: 'P89D' }).expect(200);
    expect(await pieces()).toBe(2);
    await move({ advance: 'P2D' }).expect(200);
    await eventually(async () => expect(await pieces()).toBe(0));
  });

  it('ends access tokens and refresh tokens in their time', async () => {
    const person = await register(shop);
    const me = () => shop.http.get('/api/users/me').set(bearer(person.accessToken));
    await move({ advance: 'PT59M' }).expect(200);
    await me().expect(200);
    await move({ advance: 'PT2M' }).expect(200);
    expect((await me().expect(401)).body.code).toBe('token_expired');
    await move({ advance: 'P31D' }).expect(200);
    await shop.http.post('/api/users/refresh').send({ refreshToken: person.refreshToken }).expect(401);
  });

  it('issues tokens of the present again once it is put back', async () => {
    const customer = await createCustomer(shop);
    await move({ advance: 'P40D' }).expect(200);
    await createCustomer(shop);
    await move({ reset: true }).expect(200);
    const { accessToken } = await createCustomer(shop);
    const [, claims = ''] = accessToken.split('.');
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    expect(exp).toBeLessThan(Date.now() / 1_000 + 3_700);
    await shop.http.get('/api/cart').set(customer.bearer).expect(200);
  });

  it('begins and ends coupons and sale prices', async () => {
    const at = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
    const code = `C${randomUUID().slice(0, 8).toUpperCase()}`;
    const terms = { name: 'Later', code, type: 'percentage', percentage: 10, startsAt: at(1), endsAt: at(2) };
    await shop.http.post('/api/admin/promotions').set(staff.bearer).send(terms).expect(201);
    const reduced = await createProduct(shop.db, { price: 1_000n });
    const salePrice = { price: '5.00', from: at(1), to: at(2) };
    await shop.http.patch(`/api/products/${reduced.id}`).set(staff.bearer).send({ salePrice }).expect(200);
    const buy = async (): Promise<{ code?: string; total?: string }> => {
      const customer = await createCustomer(shop);
      const items = [{ productId: reduced.id, quantity: 1 }];
      const body = { items, deliveryAddress: ADDRESS, couponCode: code };
      return (await shop.http.post('/api/sales').set(customer.bearer).send(body)).body;
    };
    expect((await buy()).code).toBe('coupon_not_started');
    await move({ advance: 'P1DT1H' }).expect(200);
    expect((await buy()).total).toBe('4.50');
    await move({ advance: 'P1D' }).expect(200);
    expect((await buy()).code).toBe('coupon_expired');
  });

  it('numbers invoices in the year that it is, and dates what is paid', async () => {
    const year = new Date().getUTCFullYear() + 3;
    await move({ now: `${year}-02-03T00:00:00Z` }).expect(200);
    const customer = await createCustomer(shop);
    const { body: sale } = await placeSale(shop, customer, some(1)).expect(201);
    expect(sale.placedAt).toMatch(new RegExp(`^${year}-02-03T`));
    const paid = await paySale(shop, customer, sale.id).expect(201);
    expect(paid.body.createdAt).toMatch(new RegExp(`^${year}-02-03T`));
    const { body } = await shop.http.get('/api/invoices').set(customer.bearer).expect(200);
    expect(body.items[0].number).toBe(`INV-${year}-000001`);
  });

  it('leaves the signatures of webhooks to the clocks of their providers', async () => {
    const buyer = await createCustomer(shop);
    const { body: sale } = await placeSale(shop, buyer, some(1)).expect(201);
    const { body: payment } = await pay(shop, buyer, sale.id, 'sandbox', 'pending').expect(201);
    await move({ advance: 'PT10M' }).expect(200);
    const event = { type: 'payment.completed', data: { paymentId: payment.id } };
    const minutesLater = new Date(Date.now() + 600_000);
    await sandboxWebhook(shop, event, `evt_${randomUUID()}`, minutesLater).expect(400);
    await sandboxWebhook(shop, event).expect(200);
    expect((await saleOf(shop, buyer, sale.id)).status).toBe('confirmed');
  });

  it('lets go of idempotency keys after their day', async () => {
    const customer = await createCustomer(shop);
    const headers = { 'Idempotency-Key': randomUUID() };
    const place = () => placeSale(shop, customer, some(1), headers).expect(201);
    const { body: first } = await place();
    expect((await place()).body.id).toBe(first.id);
    await move({ advance: 'PT50M' }).expect(200);
    expect((await place()).body.id).toBe(first.id);
    await move({ advance: 'PT23H11M' }).expect(200);
    await eventually(async () => {
      const left = await shop.db.query('SELECT key FROM idempotency_keys WHERE key = $1', [headers['Idempotency-Key']]);
      expect(left.rows).toEqual([]);
    });
  });
});

test.each([
  { NODE_ENV: 'production', TEST_CLOCK_ENABLED: 'true' },
  { NODE_ENV: 'test', TEST_CLOCK_ENABLED: 'false' },
])('there is no test clock with %j, and what another process has set is not followed', async (settings) => {
  const open = await startApp();
  await open.http.post('/api/test-clock').send({ advance: 'P1Y' }).expect(200);
  const closed = await startApp(settings, open);
  const answer = await closed.http.post('/api/test-clock').send({ advance: 1 }).expect(404);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  await closed.http.get('/api/test-clock').expect(404);
  const customer = await createCustomer(closed);
  const { id } = await createProduct(open.db);
  const { body } = await placeSale(closed, customer, [{ productId: id, quantity: 1 }]).expect(201);
  expect(Date.parse(body.placedAt)).toBeLessThan(Date.now() + 60_000);
  await closed.close();
  await open.close();
});
