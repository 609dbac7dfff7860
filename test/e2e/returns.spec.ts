import { randomUUID } from 'node:crypto';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { MANY_CONNECTIONS, startApp, type TestApp } from '../support/app.js';
import { ADDRESS, type BasketItem, deliveredSale, paidSale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';

describe('returns', () => {
  let shop: TestApp;
  let replica: TestApp;
  let staff: TestUser;
  let product: { readonly id: string };

  beforeAll(async () => {
    shop = await startApp({ ...MANY_CONNECTIONS, WORKER: 'off' });
    replica = await startApp({ ...MANY_CONNECTIONS, WORKER: 'off' }, shop);
    staff = await createCustomer(shop, 'manager');
  });
  afterEach(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });
  beforeEach(async () => {
    product = await createProduct(shop.db, { price: 1_250n, stock: 10 });
  });

  const either = (n: number): TestApp => (n % 2 === 0 ? shop : replica);
  const ask = (customer: TestUser, saleId: string, items: readonly BasketItem[], reason = 'Too small.', at = shop) =>
    at.http.post(`/api/sales/${saleId}/returns`).set(customer.bearer).send({ items, reason });
  const decide = (id: string, status: string, note?: string, at = shop) =>
    at.http.patch(`/api/admin/returns/${id}`).set(staff.bearer).send({ status, note });
  const saleOf = async (saleId: string) =>
    (await shop.http.get(`/api/admin/sales/${saleId}`).set(staff.bearer).expect(200)).body;
  const stock = async (): Promise<number> =>
    (await shop.http.get(`/api/products/${product.id}`).expect(200)).body.stock;
  const some = (quantity: number): BasketItem[] => [{ productId: product.id, quantity }];

  it('bring goods and money back, and the sale with the last piece', async () => {
    const { customer, saleId } = await deliveredSale(shop, staff, some(3));
    const asked = await ask(customer, saleId, some(2)).expect(201);
    expect(asked.body).toEqual({
      id: expect.any(String),
      saleId,
      saleNumber: expect.stringMatching(/^S-\d+$/),
      status: 'requested',
      reason: 'Too small.',
      note: null,
      items: [expect.objectContaining({ productId: product.id, quantity: 2 })],
      refundId: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const approved = await decide(asked.body.id, 'approved', 'Use the label.').expect(200);
    expect(approved.body).toMatchObject({ status: 'approved', note: 'Use the label.', refundId: null });
    expect(await stock()).toBe(7);
    const received = await decide(asked.body.id, 'received').expect(200);
    expect(received.body).toMatchObject({ status: 'received', note: 'Use the label.', refundId: expect.any(String) });
    expect(await stock()).toBe(9);
    expect(await saleOf(saleId)).toMatchObject({ status: 'delivered', paymentStatus: 'partially_refunded' });
    const refunds = await shop.http.get(`/api/admin/sales/${saleId}/refunds`).set(staff.bearer).expect(200);
    expect(refunds.body.items).toMatchObject([
      { id: received.body.refundId, amount: '25.00', status: 'completed', items: [{ quantity: 2 }] },
    ]);

    const rest = await ask(customer, saleId, some(1)).expect(201);
    for (const status of ['approved', 'received']) await decide(rest.body.id, status).expect(200);
    expect(await saleOf(saleId)).toMatchObject({ status: 'returned', paymentStatus: 'refunded' });
    expect(await stock()).toBe(10);
    const own = await shop.http.get(`/api/sales/${saleId}/returns`).set(customer.bearer).expect(200);
    expect(own.body).toMatchObject({ total: 2, items: [{ id: rest.body.id }, { id: asked.body.id }] });
    const ledger = await shop.http.get(`/api/products/${product.id}/stock-movements`).set(staff.bearer).expect(200);
    expect(ledger.body.items.slice(0, 2)).toMatchObject([
      { reason: 'return', delta: 1, saleId, actorId: staff.id },
      { reason: 'return', delta: 2 },
    ]);
    expect((await ask(customer, saleId, some(1)).expect(409)).body.code).toBe('invalid_transition');
  });

  it('are for delivered sales, and for pieces that are not on their way back', async () => {
    const paid = await paidSale(shop, product.id, 2);
    expect((await ask(paid.customer, paid.saleId, some(1)).expect(409)).body.code).toBe('invalid_transition');
    const { customer, saleId } = await deliveredSale(shop, staff, some(3));
    const first = await ask(customer, saleId, some(2)).expect(201);
    const tooMany = await ask(customer, saleId, some(2)).expect(409);
    expect(tooMany.body).toMatchObject({
      code: 'return_exceeds_sale',
      errors: [{ path: 'items.0.quantity', requested: 2, available: 1 }],
    });
    await ask(customer, saleId, [...some(1), ...some(1)]).expect(409);
    await decide(first.body.id, 'refused', 'They were worn.').expect(200);
    await ask(customer, saleId, some(3)).expect(201);
  });

  it('ten at a time never ask back more than was sold', async () => {
    const { customer, saleId } = await deliveredSale(shop, staff, some(3));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => ask(customer, saleId, some(1), 'Too small.', either(n))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, ...Array(7).fill(409)]);
  });

  it('received ten times at once bring goods and money back once', async () => {
    const { customer, saleId } = await deliveredSale(shop, staff, some(2));
    const { body } = await ask(customer, saleId, some(2)).expect(201);
    await decide(body.id, 'approved').expect(200);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => decide(body.id, 'received', undefined, either(n))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    expect(await stock()).toBe(10);
    const refunds = await shop.http.get(`/api/admin/sales/${saleId}/refunds`).set(staff.bearer).expect(200);
    expect(refunds.body.items).toMatchObject([{ amount: '25.00' }]);
  });

  const LEGAL = ['requested → approved', 'requested → refused', 'approved → received', 'approved → refused'];
  const STEPS = [
    ['requested', []],
    ['approved', ['approved']],
    ['refused', ['refused']],
    ['received', ['approved', 'received']],
  ] as const;
  const MOVES = STEPS.flatMap(([from, steps]) =>
    ['approved', 'refused', 'received'].map((to) => [`${from} → ${to}`, steps, to] as const),
  );

  it.each(MOVES)('go along their states and no other way: %s', async (move, steps, to) => {
    const { customer, saleId } = await deliveredSale(shop, staff, some(1));
    const { body } = await ask(customer, saleId, some(1)).expect(201);
    for (const step of steps) await decide(body.id, step).expect(200);
    const { status, body: answer } = await decide(body.id, to);
    expect([status, answer.code]).toEqual(LEGAL.includes(move) ? [200, undefined] : [409, 'invalid_transition']);
  });

  it('that do not exist cannot be decided, and nothing goes back to a request', async () => {
    expect((await decide(randomUUID(), 'approved').expect(404)).body.code).toBe('return_not_found');
    expect((await decide(randomUUID(), 'requested').expect(400)).body.errors[0].path).toBe('status');
  });

  it('give back no more than refunds before them have left', async () => {
    const { customer, saleId } = await deliveredSale(shop, staff, some(2));
    const refund = (body: object) =>
      shop.http
        .post(`/api/admin/sales/${saleId}/refunds`)
        .set(staff.bearer)
        .send({ reason: 'Sorry.', ...body });
    await refund({ amount: '20.00' }).expect(201);
    const { body } = await ask(customer, saleId, some(2)).expect(201);
    await decide(body.id, 'approved').expect(200);
    const received = await decide(body.id, 'received').expect(200);
    const { items } = (await shop.http.get(`/api/admin/sales/${saleId}/refunds`).set(staff.bearer).expect(200)).body;
    expect(items).toMatchObject([{ id: received.body.refundId, amount: '5.00' }, { amount: '20.00' }]);
    expect(await saleOf(saleId)).toMatchObject({ status: 'returned', paymentStatus: 'refunded' });

    const other = await deliveredSale(shop, staff, some(1));
    const back = await ask(other.customer, other.saleId, some(1)).expect(201);
    await shop.http
      .post(`/api/admin/sales/${other.saleId}/refunds`)
      .set(staff.bearer)
      .send({ reason: 'At once.' })
      .expect(201);
    await decide(back.body.id, 'approved').expect(200);
    expect((await decide(back.body.id, 'received').expect(200)).body).toMatchObject({ refundId: null });
  });

  it('are received when staff mark the whole sale as returned, which refunds nothing by itself', async () => {
    const { customer, saleId } = await deliveredSale(shop, staff, some(3));
    const first = await ask(customer, saleId, some(1)).expect(201);
    for (const status of ['approved', 'received']) await decide(first.body.id, status).expect(200);
    const open = await ask(customer, saleId, some(1)).expect(201);
    await shop.http
      .patch(`/api/admin/sales/${saleId}/status`)
      .set(staff.bearer)
      .send({ status: 'returned' })
      .expect(200);
    expect(await stock()).toBe(10);
    const { items } = (await shop.http.get(`/api/sales/${saleId}/returns`).set(customer.bearer).expect(200)).body;
    expect(items[0]).toMatchObject({ id: open.body.id, status: 'received', refundId: null });
    expect((await saleOf(saleId)).paymentStatus).toBe('partially_refunded');
    await decide(open.body.id, 'received').expect(409);
    const rest = await shop.http
      .post(`/api/admin/sales/${saleId}/refunds`)
      .set(staff.bearer)
      .send({ reason: 'All came back.' })
      .expect(201);
    expect(rest.body.amount).toBe('25.00');
  });

  it('belong to the buyer, a guest too', async () => {
    const { customer, saleId } = await deliveredSale(shop, staff, some(1));
    const stranger = await createCustomer(shop);
    expect((await ask(stranger, saleId, some(1)).expect(404)).body.code).toBe('sale_not_found');
    await shop.http.get(`/api/sales/${saleId}/returns`).set(stranger.bearer).expect(404);
    await shop.http.get('/api/admin/returns').set(customer.bearer).expect(403);

    const added = await shop.http.post('/api/cart/items').send(some(2)[0]);
    const guest = { 'Cart-Token': added.headers['cart-token'] as string };
    const payment = { provider: 'sandbox', method: 'ok' };
    const body = { deliveryAddress: ADDRESS, email: 'guest@example.com', payment };
    const placed = await shop.http.post('/api/sales').set(guest).send(body).expect(201);
    for (const status of ['shipped', 'delivered']) {
      await shop.http.patch(`/api/admin/sales/${placed.body.id}/status`).set(staff.bearer).send({ status }).expect(200);
    }
    const wish = { items: some(1), reason: 'One is enough.' };
    const asked = await shop.http.post(`/api/sales/${placed.body.id}/returns`).set(guest).send(wish).expect(201);
    const own = await shop.http.get(`/api/sales/${placed.body.id}/returns`).set(guest).expect(200);
    expect(own.body.items).toEqual([asked.body]);
  });

  it('happen once under one key', async () => {
    const { customer, saleId } = await deliveredSale(shop, staff, some(2));
    const key = randomUUID();
    const send = () => ask(customer, saleId, some(1)).set('Idempotency-Key', key);
    const answers = [await send().expect(201), await send().expect(201)];
    expect(answers[1]?.headers['idempotency-replayed']).toBe('true');
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    const list = await shop.http.get(`/api/sales/${saleId}/returns`).set(customer.bearer).expect(200);
    expect(list.body.total).toBe(1);
  });

  it('are listed to staff by state and by sale, page by page', async () => {
    const { customer, saleId } = await deliveredSale(shop, staff, some(3));
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.unshift((await ask(customer, saleId, some(1)).expect(201)).body.id);
    await decide(ids[0] ?? '', 'refused').expect(200);
    const list = (query: string) => shop.http.get(`/api/admin/returns?${query}`).set(staff.bearer).expect(200);
    const first = await list(`saleId=${saleId}&perPage=2&cursor=`);
    const second = await list(`saleId=${saleId}&perPage=2&cursor=${first.body.nextCursor}`);
    const found = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect([found, second.body.nextCursor]).toEqual([ids, null]);
    expect((await list(`saleId=${saleId}&status=refused`)).body).toMatchObject({ total: 1, items: [{ id: ids[0] }] });
    await shop.http.get('/api/admin/returns?status=lost').set(staff.bearer).expect(400);
  });

  it('say which field makes no sense', async () => {
    const { customer, saleId } = await deliveredSale(shop, staff, some(1));
    const wrong: readonly [object, string][] = [
      [{ reason: 'No items.' }, 'items'],
      [{ items: [], reason: 'Empty.' }, 'items'],
      [{ items: [{ productId: product.id, quantity: '1' }], reason: 'Text.' }, 'items.0.quantity'],
      [{ items: [{ productId: randomUUID(), quantity: 1 }], reason: 'Another.' }, 'items.0.productId'],
      [{ items: some(1) }, 'reason'],
      [{ items: some(1), reason: 'x', status: 'approved' }, 'status'],
    ];
    for (const [body, path] of wrong) {
      const refused = await shop.http.post(`/api/sales/${saleId}/returns`).set(customer.bearer).send(body).expect(400);
      expect([body, refused.body.errors[0].path]).toEqual([body, path]);
    }
  });
});
