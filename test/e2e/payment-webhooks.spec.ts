import { randomUUID } from 'node:crypto';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';
import { openSale, pay, runJob, SANDBOX_SECRET, saleOf, sandboxWebhook } from '../support/paying.js';

describe('payments in the sandbox', () => {
  let shop: TestApp;
  let replica: TestApp;
  let staff: TestUser;
  let productId: string;

  beforeAll(async () => {
    shop = await startApp({ WORKER: 'off', SANDBOX_WEBHOOK_SECRET: SANDBOX_SECRET });
    replica = await startApp({ WORKER: 'off', SANDBOX_WEBHOOK_SECRET: SANDBOX_SECRET }, shop);
    staff = await createCustomer(shop, 'manager');
    productId = (await createProduct(shop.db, { stock: 10_000 })).id;
  });
  afterEach(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const opened = async (method: string) => {
    const sale = await openSale(shop, productId);
    const { body } = await pay(shop, sale.customer, sale.saleId, 'sandbox', method).expect(201);
    return { ...sale, paymentId: body.id as string, payment: body };
  };
  const cancel = ({ customer, saleId }: { customer: TestUser; saleId: string }) =>
    shop.http.post(`/api/sales/${saleId}/cancel`).set(customer.bearer).send({});
  const completed = (paymentId: string, amount = '10.00', currency = 'USD') => ({
    type: 'payment.completed',
    data: { paymentId, amount, currency },
  });
  const failed = (paymentId: string) => ({ type: 'payment.failed', data: { paymentId, failureCode: 'bank_said_no' } });
  const refundsOf = async (saleId: string) =>
    (await shop.http.get(`/api/admin/sales/${saleId}/refunds`).set(staff.bearer).expect(200)).body.items;
  const refund = (saleId: string, body: object) =>
    shop.http
      .post(`/api/admin/sales/${saleId}/refunds`)
      .set(staff.bearer)
      .set('Idempotency-Key', randomUUID())
      .send({ reason: 'Sorry.', ...body });
  const straysOf = async (saleId: string) =>
    (await shop.db.query('SELECT reason, status, amount, currency FROM stray_charges WHERE sale_id = $1', [saleId]))
      .rows;
  const audited = async (saleId: string) =>
    (await shop.db.query('SELECT actor, action FROM audit_log WHERE subject_id = $1 ORDER BY id', [saleId])).rows;

  it('that are pending are completed by a webhook, which confirms the sale and issues its invoice', async () => {
    const { customer, saleId, paymentId, payment } = await opened('pending');
    expect(payment).toMatchObject({ status: 'pending', saleStatus: 'pending' });
    const answer = await sandboxWebhook(shop, completed(paymentId)).expect(200);
    expect(answer.body).toEqual({ received: true });
    const sale = await saleOf(replica, customer, saleId);
    expect(sale).toMatchObject({ status: 'confirmed', paymentStatus: 'completed', invoiceId: expect.any(String) });
  });

  it('have one effect, however often and to whichever replica a webhook is delivered', async () => {
    const { customer, saleId, paymentId } = await opened('pending');
    const deliver = (n: number) => sandboxWebhook(n % 2 === 0 ? shop : replica, completed(paymentId), `evt_${saleId}`);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => deliver(n)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { rows } = await shop.db.query(
      `SELECT (SELECT count(*)::int FROM invoices WHERE sale_id = $1) AS invoices,
         (SELECT count(*)::int FROM payment_events WHERE subject_id = $2) AS events,
         (SELECT count(*)::int FROM sale_history WHERE sale_id = $1 AND to_status = 'confirmed') AS confirmations`,
      [saleId, paymentId],
    );
    expect(rows).toEqual([{ invoices: 1, events: 1, confirmations: 1 }]);
    expect((await saleOf(shop, customer, saleId)).status).toBe('confirmed');
  });

  it.each([
    ['success, then failure', [completed, failed]],
    ['failure, then success', [failed, completed]],
  ])('come to the same end in any order: %s', async (_, order) => {
    const { customer, saleId, paymentId } = await opened('pending');
    for (const event of order) await sandboxWebhook(shop, event(paymentId)).expect(200);
    expect(await saleOf(shop, customer, saleId)).toMatchObject({ status: 'confirmed', paymentStatus: 'completed' });
  });

  it('that fail leave the sale payable', async () => {
    const { customer, saleId, paymentId } = await opened('pending');
    await sandboxWebhook(shop, failed(paymentId)).expect(200);
    expect((await saleOf(shop, customer, saleId)).paymentStatus).toBe('failed');
    await pay(shop, customer, saleId, 'sandbox', 'ok').expect(201);
    await sandboxWebhook(shop, completed(paymentId)).expect(200);
    await runJob(shop, 'sales.settle-payments');
    expect(await straysOf(saleId)).toEqual([
      { reason: 'already_paid', status: 'completed', amount: '1000', currency: 'USD' },
    ]);
    expect(await saleOf(shop, customer, saleId)).toMatchObject({ status: 'confirmed', paymentStatus: 'completed' });
  });

  it('are listed for staff, with what paid nothing', async () => {
    const { customer, saleId, paymentId } = await opened('pending');
    await sandboxWebhook(shop, completed(paymentId, '9.99')).expect(200);
    const paid = await pay(shop, customer, saleId, 'sandbox', 'ok').expect(201);
    const list = await shop.http.get(`/api/admin/sales/${saleId}/payments`).set(staff.bearer).expect(200);
    expect(list.body).toMatchObject({ total: 2, nextCursor: null });
    const reference = `sandbox_${paymentId}`;
    expect(list.body.items).toMatchObject([
      { id: paid.body.id, saleId, status: 'completed', amount: '10.00', refundedAmount: '0.00', strayCharges: [] },
      {
        id: paymentId,
        status: 'failed',
        failureCode: 'amount_mismatch',
        reference,
        strayCharges: [{ reason: 'amount_mismatch', status: 'completed', amount: '9.99', currency: 'USD', reference }],
      },
    ]);
    const cursor = await shop.http.get(`/api/admin/sales/${saleId}/payments?cursor=&perPage=1`).set(staff.bearer);
    expect(cursor.body.items).toMatchObject([{ id: paid.body.id }]);
    const next = `/api/admin/sales/${saleId}/payments?perPage=1&cursor=${cursor.body.nextCursor}`;
    expect((await shop.http.get(next).set(staff.bearer)).body).toMatchObject({
      items: [{ id: paymentId }],
      nextCursor: null,
    });
    await shop.http.get(`/api/admin/sales/${randomUUID()}/payments`).set(staff.bearer).expect(404);
  });

  it.each([
    ['amount', '9.99', 'USD', '999'],
    ['currency', '10.00', 'EUR', '1000'],
  ])('in another %s than the sale pay nothing, and go back', async (_, amount, currency, minor) => {
    const { customer, saleId, paymentId } = await opened('pending');
    for (const id of ['first', 'second']) {
      await sandboxWebhook(shop, completed(paymentId, amount, currency), `evt_${id}_${saleId}`).expect(200);
    }
    expect(await saleOf(shop, customer, saleId)).toMatchObject({ status: 'pending', paymentStatus: 'failed' });
    expect(await straysOf(saleId)).toEqual([
      { reason: 'amount_mismatch', status: 'completed', amount: minor, currency },
    ]);
    expect(await audited(saleId)).toEqual([{ actor: 'provider', action: 'payment.stray' }]);
    await pay(shop, customer, saleId, 'sandbox', 'ok').expect(201);
  });

  it('that are completed after the sale was cancelled are given back, once, with the provider as the actor', async () => {
    const sale = await opened('pending');
    await cancel(sale).expect(200);
    await Promise.all(
      [shop, replica, shop].map((to, n) => sandboxWebhook(to, completed(sale.paymentId), `evt_${n}_${sale.saleId}`)),
    );
    expect(await refundsOf(sale.saleId)).toMatchObject([{ amount: '10.00', status: 'completed', creditNoteId: null }]);
    const after = await saleOf(shop, sale.customer, sale.saleId);
    expect(after).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded', invoiceId: null });
    expect(await audited(sale.saleId)).toEqual([{ actor: 'provider', action: 'sale.refunded' }]);
  });

  it('are decided by the script of their method, by itself', async () => {
    const scripts: Record<string, [string, object]> = {
      pending_then_ok: ['confirmed', { paymentStatus: 'completed' }],
      pending_then_declined: ['pending', { paymentStatus: 'failed' }],
      duplicate_webhook: ['confirmed', { paymentStatus: 'completed' }],
      wrong_amount: ['pending', { paymentStatus: 'failed' }],
    };
    const sales = await Promise.all(Object.keys(scripts).map((method) => opened(method)));
    for (const [index, [status, rest]] of Object.values(scripts).entries()) {
      const { customer, saleId, payment } = sales[index] as (typeof sales)[number];
      expect(payment.status).toBe('pending');
      await eventually(async () => expect(await saleOf(shop, customer, saleId)).toMatchObject({ status, ...rest }));
    }
  });

  it.each([
    ['timeout_taken', 'confirmed', 'completed'],
    ['timeout_lost', 'pending', 'failed'],
  ])('whose answer never comes are looked up: %s', async (method, status, paymentStatus) => {
    const { customer, saleId, payment } = await opened(method);
    expect(payment.status).toBe('pending');
    await runJob(shop, 'sales.settle-payments');
    expect((await saleOf(shop, customer, saleId)).paymentStatus).toBe('pending');
    shop.clock.advance(31_000);
    await Promise.all([runJob(shop, 'sales.settle-payments'), runJob(replica, 'sales.settle-payments')]);
    expect(await saleOf(shop, customer, saleId)).toMatchObject({ status, paymentStatus });
  });

  it('that are completed just as the sale ends give the money back, and sell nothing', async () => {
    const own = (await createProduct(shop.db, { stock: 5 })).id;
    const { customer, saleId } = await openSale(shop, own, 2);
    await pay(shop, customer, saleId, 'sandbox', 'late_ok').expect(201);
    shop.clock.advance(16 * 60_000);
    await runJob(shop, 'sales.expire');
    expect((await saleOf(shop, customer, saleId)).status).toBe('cancelled');
    shop.clock.advance(31_000);
    await Promise.all([runJob(shop, 'sales.settle-payments'), runJob(replica, 'sales.settle-payments')]);
    await runJob(shop, 'sales.settle-payments');
    expect(await saleOf(shop, customer, saleId)).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
    expect(await refundsOf(saleId)).toMatchObject([{ amount: '20.00', status: 'completed' }]);
    const { rows } = await shop.db.query('SELECT stock FROM products WHERE id = $1', [own]);
    expect(rows).toEqual([{ stock: 5 }]);
  });

  it('can be refunded again when the provider refused a refund', async () => {
    const { saleId } = await opened('refund_declined');
    const made = await refund(saleId, { amount: '4.00' }).expect(201);
    expect(made.body).toMatchObject({ status: 'failed', failureCode: 'refund_declined', creditNoteId: null });
    const pieces = await refund(saleId, { items: [{ productId, quantity: 1 }] }).expect(201);
    expect(pieces.body).toMatchObject({ status: 'failed', amount: '10.00' });
    expect((await refundsOf(saleId)).map(({ status }: { status: string }) => status)).toEqual(['failed', 'failed']);
  });

  it('have refunds that are decided later, either way', async () => {
    const [good, bad] = [await opened('refund_pending'), await opened('refund_fails_later')];
    expect((await refund(good.saleId, { amount: '4.00' }).expect(201)).body.status).toBe('pending');
    expect((await refund(bad.saleId, { amount: '4.00' }).expect(201)).body.status).toBe('pending');
    await eventually(async () => expect(await refundsOf(good.saleId)).toMatchObject([{ status: 'completed' }]));
    await eventually(async () => expect(await refundsOf(bad.saleId)).toMatchObject([{ status: 'failed' }]));
    expect((await refund(bad.saleId, { amount: '10.00' }).expect(201)).body.status).toBe('pending');
    await eventually(async () => expect(await refundsOf(bad.saleId)).toMatchObject([{ status: 'failed' }, {}]));
  });

  it('refuse webhooks that are not signed, wrongly signed or old, and record that', async () => {
    const { paymentId, customer, saleId } = await opened('pending');
    const event = completed(paymentId);
    const bare = () => shop.http.post('/api/payments/webhooks/sandbox').set('content-type', 'application/json');
    const late = new Date(Date.now() - 301_000);
    // Of the real clock, which does not wait for a test that is held up.
    const early = new Date(Date.now() + 360_000);
    const signed = sandboxWebhook(shop, event);
    const answers = [
      await bare().send(event),
      await bare().send(),
      await bare().set({ 'webhook-id': 'x', 'webhook-timestamp': '1', 'webhook-signature': '' }).send(event),
      await sandboxWebhook(shop, event, 'evt_late', late),
      await sandboxWebhook(shop, event, 'evt_early', early),
      await signed.send(JSON.stringify({ ...event, more: 1 })),
      await sandboxWebhook(shop, event).set('webhook-id', 'another'),
      await sandboxWebhook(shop, event).set('webhook-signature', 'v1,AAAA v2,BBBB'),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.body.code]).toEqual([400, 'webhook_signature_invalid']);
      expect(answer.body.errors[0].path).toMatch(/^webhook-/);
    }
    expect((await saleOf(shop, customer, saleId)).status).toBe('pending');
    const { rows } = await shop.db.query(
      `SELECT count(*)::int AS entries FROM audit_log WHERE action = 'payment.webhook_refused'`,
    );
    expect(rows[0].entries).toBeGreaterThanOrEqual(answers.length);
  });

  it('take no webhook of nobody, in no other shape, and not beyond a size', async () => {
    for (const provider of ['manual', 'stripe', 'paypal', '__proto__']) {
      const answer = await shop.http.post(`/api/payments/webhooks/${provider}`).send({});
      expect([answer.status, answer.body.code]).toEqual([404, 'payment_provider_not_found']);
    }
    const large = { type: 'payment.completed', data: { text: 'x'.repeat(262_144) } };
    expect((await sandboxWebhook(shop, large)).status).toBe(413);
    const form = shop.http.post('/api/payments/webhooks/sandbox').type('form').send('a=b');
    expect((await form).status).toBe(415);
    for (const event of [
      { type: 'payment.completed', data: {} },
      { type: 7, data: {} },
    ]) {
      const answer = await sandboxWebhook(shop, event as never);
      expect([answer.status, answer.body.code]).toEqual([400, 'webhook_unreadable']);
    }
  });

  it('take webhooks about what is not of this shop, and do nothing', async () => {
    await sandboxWebhook(shop, completed(randomUUID())).expect(200);
    await sandboxWebhook(shop, completed('no-id')).expect(200);
    await sandboxWebhook(shop, { type: 'refund.failed', data: { refundId: randomUUID() } }).expect(200);
    await sandboxWebhook(shop, { type: 'dispute.opened', data: {} }).expect(200);
  });

  it('refuse what no provider of this shop takes, before anything is written', async () => {
    const { customer, saleId } = await openSale(shop, productId);
    const refused = async (provider: string, method: string) => {
      const { status, body } = await pay(shop, customer, saleId, provider, method);
      return [status, body.code, body.errors[0].path];
    };
    expect(await refused('stripe', 'pm_card_visa')).toEqual([409, 'payment_provider_unavailable', 'provider']);
    expect(await refused('paypal', 'ok')).toEqual([400, 'invalid_request', 'provider']);
    expect(await refused('sandbox', 'constructor')).toEqual([400, 'invalid_request', 'method']);
  });
});

describe('webhooks of providers', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp({ RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_WRITE: '10', RATE_LIMIT_ADDRESS: '10' });
  });
  afterAll(() => shop.close());

  it('are taken in any number, while bad signatures are soon no longer looked at', async () => {
    const event = { type: 'payment.completed', data: { paymentId: randomUUID() } };
    for (let n = 0; n < 40; n += 1) await sandboxWebhook(shop, event).expect(200);
    const bad = () => shop.http.post('/api/payments/webhooks/sandbox').send(event);
    for (let n = 0; n < 60; n += 1) await bad().expect(400);
    const refused = await bad().expect(429);
    expect(refused.body.code).toBe('rate_limited');
    await sandboxWebhook(shop, event).expect(200);
  });
});
