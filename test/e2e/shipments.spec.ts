import { randomUUID } from 'node:crypto';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { type BasketItem, paySale, placeSale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';

describe('shipments', () => {
  let shop: TestApp;
  let replica: TestApp;
  let staff: TestUser;
  let mug: string;
  let lamp: string;

  beforeAll(async () => {
    shop = await startApp({ WORKER: 'off' });
    replica = await startApp({ WORKER: 'off' }, shop);
    staff = await createCustomer(shop, 'manager');
    mug = (await createProduct(shop.db, { price: 1_000n, stock: 1_000 })).id;
    lamp = (await createProduct(shop.db, { price: 2_500n, stock: 1_000 })).id;
  });
  afterEach(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  /** A paid sale of five mugs and two lamps. */
  async function paid(): Promise<{ readonly customer: TestUser; readonly saleId: string }> {
    const customer = await createCustomer(shop);
    const { body } = await placeSale(shop, customer, [...pieces(mug, 5), ...pieces(lamp, 2)]).expect(201);
    await paySale(shop, customer, body.id).expect(201);
    return { customer, saleId: body.id };
  }
  const pieces = (productId: string, quantity: number): BasketItem[] => [{ productId, quantity }];
  const ship = (saleId: string, body: object, at = shop) =>
    at.http.post(`/api/admin/sales/${saleId}/shipments`).set(staff.bearer).send(body);
  const setStatus = (saleId: string, body: object) =>
    shop.http.patch(`/api/admin/sales/${saleId}/status`).set(staff.bearer).send(body);
  const saleOf = async (saleId: string) =>
    (await shop.http.get(`/api/admin/sales/${saleId}`).set(staff.bearer).expect(200)).body;
  const events = async (saleId: string): Promise<string[]> => {
    const text = `SELECT type FROM outbox_events WHERE aggregate_id = $1 ORDER BY id`;
    return (await shop.db.query(text, [saleId])).rows.map(({ type }) => type);
  };

  it('send a sale in parts, and with the last piece it is shipped', async () => {
    const { customer, saleId } = await paid();
    const first = { items: pieces(mug, 3), carrier: 'DHL', trackingNumber: 'JD1', note: 'The first box.' };
    const { body } = await ship(saleId, first).expect(201);
    expect(body).toEqual({
      id: expect.any(String),
      saleId,
      actor: staff.id,
      carrier: 'DHL',
      trackingNumber: 'JD1',
      trackingUrl: 'https://www.dhl.com/global-en/home/tracking.html?tracking-id=JD1',
      note: 'The first box.',
      items: [{ productId: mug, sku: expect.any(String), name: expect.any(String), quantity: 3 }],
      shippedAt: expect.stringMatching(/Z$/),
    });
    expect(await saleOf(saleId)).toMatchObject({ status: 'confirmed', carrier: 'DHL', trackingNumber: 'JD1' });
    await ship(saleId, { items: [...pieces(mug, 1), ...pieces(lamp, 2)], carrier: 'UPS' }).expect(201);
    expect((await saleOf(saleId)).status).toBe('confirmed');
    expect(await events(saleId)).toEqual(['sale.placed', 'sale.confirmed', 'invoice.issued']);
    const rest = await ship(saleId, { trackingNumber: '1Z9' }).expect(201);
    expect(rest.body.items).toMatchObject([{ productId: mug, quantity: 1 }]);
    expect((await saleOf(saleId)).status).toBe('shipped');
    expect((await events(saleId)).slice(3)).toEqual(['sale.shipped']);

    const tracking = await shop.http.get(`/api/sales/${saleId}/tracking`).set(customer.bearer).expect(200);
    expect(tracking.body).toMatchObject({ status: 'shipped', carrier: 'UPS', trackingNumber: '1Z9' });
    expect(tracking.body.history.map(({ status }: { status: string }) => status)).toEqual([
      'pending',
      'confirmed',
      'shipped',
    ]);
    const { saleId: _, actor, ...seen } = body;
    expect(tracking.body.shipments).toEqual([seen, expect.anything(), expect.anything()]);
    const { body: all } = await shop.http.get(`/api/admin/sales/${saleId}/shipments`).set(staff.bearer).expect(200);
    expect(all.items).toMatchObject([{ id: body.id, actor }, {}, { id: rest.body.id }]);
    const { body: history } = await shop.http.get(`/api/admin/sales/${saleId}/history`).set(staff.bearer).expect(200);
    expect(history.items.slice(2)).toMatchObject([
      { from: 'confirmed', status: 'confirmed', actor: staff.id, note: 'The first box.' },
      { from: 'confirmed', status: 'confirmed', actor: staff.id },
      { from: 'confirmed', status: 'shipped', actor: staff.id },
    ]);
  });

  it('are made of all that is left where staff say that a sale is shipped', async () => {
    const { saleId } = await paid();
    await ship(saleId, { items: pieces(lamp, 2) }).expect(201);
    const change = { status: 'shipped', carrier: 'GLS', trackingNumber: 'G1', note: 'The rest.' };
    await setStatus(saleId, change).expect(200);
    const { body } = await shop.http.get(`/api/admin/sales/${saleId}/shipments`).set(staff.bearer).expect(200);
    expect(body.items).toMatchObject([
      { items: [{ productId: lamp, quantity: 2 }] },
      { carrier: 'GLS', trackingNumber: 'G1', note: 'The rest.', items: [{ productId: mug, quantity: 5 }] },
    ]);
    expect((await ship(saleId, {}).expect(409)).body.code).toBe('invalid_transition');
  });

  it('of more than was sold are refused, naming the line, and change nothing', async () => {
    const { saleId } = await paid();
    await ship(saleId, { items: pieces(mug, 3) }).expect(201);
    const answer = await ship(saleId, { items: [...pieces(lamp, 1), ...pieces(mug, 3)] }).expect(409);
    expect(answer.body).toMatchObject({
      code: 'shipment_exceeds_sale',
      errors: [{ path: 'items.1.quantity', message: 'only 2 of them are left', productId: mug }],
    });
    const unknown = await ship(saleId, { items: pieces(randomUUID(), 1) }).expect(400);
    expect(unknown.body.errors).toMatchObject([{ path: 'items.0.productId' }]);
    await ship(saleId, { items: [] }).expect(400);
    const { body } = await shop.http.get(`/api/admin/sales/${saleId}/shipments`).set(staff.bearer).expect(200);
    expect(body.items).toHaveLength(1);
  });

  it('are for sales that are paid, and keep these from being cancelled', async () => {
    const customer = await createCustomer(shop);
    const { body: pending } = await placeSale(shop, customer, pieces(mug, 1)).expect(201);
    expect((await ship(pending.id, {}).expect(409)).body.code).toBe('invalid_transition');
    const { customer: buyer, saleId } = await paid();
    await ship(saleId, { items: pieces(mug, 1) }).expect(201);
    const cancel = await shop.http.post(`/api/sales/${saleId}/cancel`).set(buyer.bearer).send({}).expect(409);
    expect(cancel.body.code).toBe('invalid_transition');
    expect((await setStatus(saleId, { status: 'cancelled' }).expect(409)).body.code).toBe('invalid_transition');
    expect((await setStatus(saleId, { status: 'delivered' }).expect(409)).body.code).toBe('invalid_transition');
    expect((await ship(staff.id, {}).expect(404)).body.code).toBe('sale_not_found');
    expect(await saleOf(saleId)).toMatchObject({ status: 'confirmed', paymentStatus: 'completed' });
  });

  it('are made once under one key', async () => {
    const { saleId } = await paid();
    const key = { 'Idempotency-Key': randomUUID() };
    const body = { items: pieces(mug, 1), note: 'A box.' };
    const answers = await Promise.all(Array.from({ length: 4 }, () => ship(saleId, body).set(key)));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map((answer) => answer.body.id)).size).toBe(1);
    const { rows } = await shop.db.query('SELECT count(*)::int AS n FROM sale_shipments WHERE sale_id = $1', [saleId]);
    expect(rows[0].n).toBe(1);
    const kept = await shop.db.query('SELECT body FROM idempotency_keys WHERE key = $1', [key['Idempotency-Key']]);
    expect(kept.rows[0].body).not.toContain('A box.');
  });

  it('by several members of staff at two replicas never send more than was ordered', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { saleId } = await paid();
      const wishes = Array.from({ length: 8 }, (_, n) => (n % 4 === 3 ? {} : { items: pieces(mug, 2) }));
      const answers = await Promise.all(wishes.map((body, n) => ship(saleId, body, n % 2 ? replica : shop)));
      for (const { status } of answers) expect([201, 409]).toContain(status);
      const { rows } = await shop.db.query(
        `SELECT i.quantity, i.shipped_units, (SELECT sum(t.quantity)::int FROM sale_shipment_items t
           WHERE t.sale_id = i.sale_id AND t.line_no = i.line_no) AS sent FROM sale_items i WHERE i.sale_id = $1`,
        [saleId],
      );
      for (const row of rows)
        expect(row).toEqual({ quantity: row.quantity, shipped_units: row.quantity, sent: row.quantity });
      expect((await saleOf(saleId)).status).toBe('shipped');
    }
  });

  it('leave refunds and returns as they are', async () => {
    const { customer, saleId } = await paid();
    await ship(saleId, { items: pieces(mug, 2) }).expect(201);
    const refund = { items: pieces(mug, 1), reason: 'A scratch.' };
    await shop.http.post(`/api/admin/sales/${saleId}/refunds`).set(staff.bearer).send(refund).expect(201);
    expect(await saleOf(saleId)).toMatchObject({ status: 'confirmed', paymentStatus: 'partially_refunded' });
    await ship(saleId, {}).expect(201);
    await setStatus(saleId, { status: 'delivered' }).expect(200);
    const wish = { items: [...pieces(mug, 5), ...pieces(lamp, 2)], reason: 'Too many.' };
    const asked = await shop.http.post(`/api/sales/${saleId}/returns`).set(customer.bearer).send(wish).expect(201);
    for (const status of ['approved', 'received']) {
      const path = `/api/admin/returns/${asked.body.id}`;
      await shop.http.patch(path).set(staff.bearer).send({ status }).expect(200);
    }
    expect(await saleOf(saleId)).toMatchObject({ status: 'returned', paymentStatus: 'refunded' });
  });

  it('are in the export of their buyer, without what was said to them once they are erased', async () => {
    const { customer, saleId } = await paid();
    await ship(saleId, { note: 'For Ada.' }).expect(201);
    const { body } = await shop.http.get('/api/users/me/export').set(customer.bearer).expect(200);
    expect(body.shipments).toMatchObject([{ saleId, note: 'For Ada.' }]);
    await shop.http.delete('/api/users/me').set(customer.bearer).expect(204);
    const { rows } = await shop.db.query('SELECT note FROM sale_shipments WHERE sale_id = $1', [saleId]);
    expect(rows).toEqual([{ note: null }]);
  });
});
