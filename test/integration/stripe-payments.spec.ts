import { randomUUID } from 'node:crypto';
import { NoAnswer } from '../../src/modules/payments/payments.errors.js';
import { StripeProvider } from '../../src/modules/payments/stripe.provider.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';
import { disagreements, openSale, pay, runJob, saleOf } from '../support/paying.js';
import { type Intent, StripeSimulator } from '../support/stripe-simulator.js';

const INTENTS = 'POST /v1/payment_intents';
const REFUNDS = 'POST /v1/refunds';

describe('payments with Stripe, on two replicas', () => {
  let stripe: StripeSimulator;
  let shop: TestApp;
  let replica: TestApp;
  let productId: string;

  beforeAll(async () => {
    stripe = await new StripeSimulator().start();
    shop = await startApp({ WORKER: 'off', ...stripe.settings });
    replica = await startApp({ WORKER: 'off', ...stripe.settings }, shop);
    stripe.now = () => shop.clock.now().getTime();
    productId = (await createProduct(shop.db, { stock: 10_000 })).id;
  });
  afterEach(async () => {
    stripe.slowness = 0;
    stripe.refundStatus = 'succeeded';
    await settleAll();
    expect(await brokenInvariants(shop.db)).toEqual({});
    expect(await disagreements(stripe, shop.db)).toEqual([]);
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
    await stripe.close();
  });

  /** What the background jobs do in the minutes that follow, on both replicas at once. */
  async function settleAll(): Promise<void> {
    for (const name of ['sales.settle-payments', 'sales.finish-refunds', 'sales.settle-payments']) {
      shop.clock.advance(121_000);
      await Promise.all([runJob(shop, name), runJob(replica, name)]);
    }
  }
  const either = (n: number): TestApp => (n % 2 === 0 ? shop : replica);
  const deliver = (n: number, type: string, object: object, id?: string): Promise<number> =>
    stripe.deliver(either(n).url, stripe.event(type, object, id));
  const succeeded = (n: number, intent: Intent, id?: string) => deliver(n, 'payment_intent.succeeded', intent, id);
  const opened = async (method: string) => {
    const sale = await openSale(shop, productId);
    const { body } = await pay(shop, sale.customer, sale.saleId, 'stripe', method).expect(201);
    return { ...sale, payment: body, intent: stripe.intentOf(sale.saleId) };
  };
  const cancel = (n: number, { customer, saleId }: { customer: TestUser; saleId: string }) =>
    either(n).http.post(`/api/sales/${saleId}/cancel`).set(customer.bearer).send({});
  /** The clock goes on by days here, and tokens live for an hour. */
  const staff = () => createCustomer(shop, 'manager');
  const refund = async (n: number, saleId: string, body: object) =>
    either(n)
      .http.post(`/api/admin/sales/${saleId}/refunds`)
      .set((await staff()).bearer)
      .set('Idempotency-Key', randomUUID())
      .send({ reason: 'Sorry.', ...body });
  const refundsOf = async (saleId: string) =>
    (
      await shop.http
        .get(`/api/admin/sales/${saleId}/refunds`)
        .set((await staff()).bearer)
        .expect(200)
    ).body.items;
  const straysOf = async (saleId: string) =>
    (await shop.db.query('SELECT reason, status FROM stray_charges WHERE sale_id = $1', [saleId])).rows;

  it('are charged by the payment id, in cents, and confirm the sale at once', async () => {
    const { customer, saleId, payment, intent } = await opened('pm_card_visa');
    expect(payment).toMatchObject({
      provider: 'stripe',
      status: 'completed',
      saleStatus: 'confirmed',
      amount: '10.00',
    });
    expect(payment).not.toHaveProperty('clientSecret');
    expect(intent).toMatchObject({ amount: 1_000, currency: 'usd', payment_method: 'pm_card_visa' });
    expect(intent.metadata).toEqual({ tradepost_payment: payment.id, tradepost_sale: saleId });
    expect((await saleOf(replica, customer, saleId)).invoiceId).toEqual(expect.any(String));
    expect(await Promise.all([0, 1, 2].map((n) => succeeded(n, intent)))).toEqual([200, 200, 200]);
    await pay(shop, customer, saleId, 'stripe', 'pm_card_visa').expect(409);
  });

  it.each([
    ['pm_card_chargeDeclined', 'card_declined'],
    ['pm_card_insufficientFunds', 'insufficient_funds'],
    ['pm_missing', 'resource_missing'],
  ])('that are refused, as by %s, fail and leave the sale payable', async (method, failureCode) => {
    const { customer, saleId } = await openSale(shop, productId);
    const key = randomUUID();
    const first = await pay(shop, customer, saleId, 'stripe', method, key).expect(201);
    expect(first.body).toMatchObject({ status: 'failed', failureCode, saleStatus: 'pending' });
    const again = await pay(replica, customer, saleId, 'stripe', method, key).expect(201);
    expect(again.body).toEqual(first.body);
    expect((await pay(shop, customer, saleId, 'stripe', 'pm_card_visa').expect(201)).body.status).toBe('completed');
  });

  it('that need the customer give a client secret, and wait for the webhook', async () => {
    const { customer, saleId, payment, intent } = await opened('pm_card_authenticationRequired');
    expect(payment).toMatchObject({ status: 'pending', clientSecret: intent.client_secret });
    expect((await pay(shop, customer, saleId, 'stripe', 'pm_card_visa').expect(409)).body.code).toBe(
      'payment_in_progress',
    );
    stripe.succeed(intent);
    expect(await succeeded(1, intent)).toBe(200);
    expect((await saleOf(shop, customer, saleId)).status).toBe('confirmed');
  });

  it('are found out about when the webhook got lost', async () => {
    const { customer, saleId, intent } = await opened('pm_processing');
    stripe.succeed(intent);
    await settleAll();
    expect((await saleOf(shop, customer, saleId)).status).toBe('confirmed');
  });

  it.each([
    ['reset', 2],
    ['refuse', 2],
    [500, 2],
    [503, 1],
    [409, 2],
    [429, 3],
  ] as const)('are asked for again under their key when Stripe answers with %s', async (kind, times) => {
    stripe.fail({ on: INTENTS, kind, times });
    const { customer, saleId, payment } = await opened('pm_card_visa');
    expect(payment.status).toBe('completed');
    expect((await saleOf(shop, customer, saleId)).status).toBe('confirmed');
    expect(stripe.intentsOf(saleId)).toHaveLength(1);
  });

  it.each([
    ['reset', 'confirmed', 'completed'],
    [500, 'pending', 'failed'],
  ] as const)(
    'are pending while there is no answer (%s), and found out about',
    async (kind, status, paymentStatus) => {
      const { customer, saleId } = await openSale(shop, productId);
      stripe.fail({ on: INTENTS, kind, times: 50 });
      const made = await pay(shop, customer, saleId, 'stripe', 'pm_card_visa').expect(201);
      expect(made.body).toMatchObject({ status: 'pending', saleStatus: 'pending' });
      stripe.healthy();
      await settleAll();
      expect(await saleOf(shop, customer, saleId)).toMatchObject({ status, paymentStatus });
    },
    40_000,
  );

  it('are decided by a webhook that comes before the answer', async () => {
    stripe.slowness = 300;
    for (let round = 0; round < 4; round += 1) {
      const { customer, saleId } = await openSale(shop, productId);
      const key = randomUUID();
      const made = stripe.nextIntent();
      stripe.fail({ on: INTENTS, kind: 'late' });
      const answer = pay(either(round), customer, saleId, 'stripe', 'pm_card_visa', key).then((one) => one);
      const intent = await made;
      const told = [0, 1, 0].map((n) =>
        succeeded(n, intent, `evt_${round % 2 === 0 ? intent.id : `${intent.id}_${n}`}`),
      );
      expect(await Promise.all(told)).toEqual([200, 200, 200]);
      const { status, body } = await answer;
      expect([status, body.status, body.saleStatus]).toEqual([201, 'completed', 'confirmed']);
      const again = await pay(either(round + 1), customer, saleId, 'stripe', 'pm_card_visa', key).expect(201);
      expect(again.body).toEqual(body);
    }
  });

  it('that a webhook fails before the answer comes are told as failed', async () => {
    const { customer, saleId } = await openSale(shop, productId);
    const made = stripe.nextIntent();
    stripe.fail({ on: INTENTS, kind: 'late' });
    const answer = pay(shop, customer, saleId, 'stripe', 'pm_processing').then((one) => one);
    const intent = await made;
    stripe.failLater(intent);
    expect(await deliver(1, 'payment_intent.payment_failed', intent)).toBe(200);
    expect((await answer).body).toMatchObject({ status: 'failed', failureCode: 'card_declined' });
  });

  it('against expiry and webhooks come to one end each, with the money where the sale is', async () => {
    const ends: Record<string, number> = {};
    for (let round = 0; round < 8; round += 1) {
      const { customer, saleId, intent } = await opened('pm_processing');
      shop.clock.advance(16 * 60_000);
      stripe.succeed(intent);
      await Promise.all([
        runJob(either(round), 'sales.expire'),
        succeeded(round, intent),
        succeeded(round + 1, intent),
        runJob(either(round + 1), 'sales.expire'),
        runJob(either(round), 'sales.settle-payments'),
      ]);
      const sale = await saleOf(shop, customer, saleId);
      ends[`${sale.status} ${sale.paymentStatus}`] = (ends[`${sale.status} ${sale.paymentStatus}`] ?? 0) + 1;
    }
    const known = ['cancelled refunded', 'confirmed completed'];
    expect(Object.keys(ends).filter((end) => !known.includes(end))).toEqual([]);
  });

  it('are given up at Stripe when their sale is cancelled', async () => {
    const sale = await opened('pm_card_authenticationRequired');
    await cancel(0, sale).expect(200);
    await settleAll();
    expect(sale.intent.status).toBe('canceled');
    expect(await saleOf(shop, sale.customer, sale.saleId)).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'pending',
    });
  });

  it('that succeed although their sale was cancelled are given back once, whoever finds out first', async () => {
    const sale = await opened('pm_processing');
    await cancel(0, sale).expect(200);
    stripe.succeed(sale.intent);
    shop.clock.advance(31_000);
    await Promise.all([
      succeeded(0, sale.intent),
      succeeded(1, sale.intent),
      runJob(shop, 'sales.settle-payments'),
      runJob(replica, 'sales.settle-payments'),
    ]);
    expect(await refundsOf(sale.saleId)).toMatchObject([{ amount: '10.00', status: 'completed' }]);
    expect([...stripe.refunds.values()].filter((one) => one.payment_intent === sale.intent.id)).toHaveLength(1);
  });

  it('that succeed after another payment of the sale are given back once', async () => {
    const { customer, saleId, intent } = await opened('pm_card_authenticationRequired');
    stripe.failLater(intent);
    await deliver(0, 'payment_intent.payment_failed', intent);
    await pay(shop, customer, saleId, 'stripe', 'pm_card_visa').expect(201);
    stripe.succeed(intent);
    await Promise.all([succeeded(0, intent), succeeded(1, intent), succeeded(0, intent)]);
    expect(await straysOf(saleId)).toEqual([{ reason: 'already_paid', status: 'completed' }]);
    expect(stripe.balance(intent)).toBe(0);
    expect(await saleOf(shop, customer, saleId)).toMatchObject({ status: 'confirmed', paymentStatus: 'completed' });
  });

  it('of another amount than the sale pay nothing, and go back', async () => {
    const { customer, saleId, intent } = await opened('pm_processing');
    stripe.succeed(intent, 999);
    await Promise.all([succeeded(0, intent), succeeded(1, intent)]);
    expect(await saleOf(shop, customer, saleId)).toMatchObject({ status: 'pending', paymentStatus: 'failed' });
    expect(await straysOf(saleId)).toEqual([{ reason: 'amount_mismatch', status: 'completed' }]);
  });

  it('ten refunds at once give back no more than was paid', async () => {
    const { saleId, intent } = await opened('pm_card_visa');
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => refund(n, saleId, { amount: '3.00' })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(stripe.balance(intent)).toBe(100);
  });

  it.each(['reset', 500, 409, 429] as const)('refunds are paid out once when Stripe answers with %s', async (kind) => {
    const { saleId, intent } = await opened('pm_card_visa');
    stripe.fail({ on: REFUNDS, kind });
    expect((await refund(0, saleId, { amount: '4.00' })).body.status).toBe('completed');
    expect(stripe.balance(intent)).toBe(600);
  });

  it('refunds whose answers got lost are found again when their keys are long forgotten', async () => {
    const { saleId, intent } = await opened('pm_card_visa');
    const provider = shop.app.get(StripeProvider, { strict: false });
    const made = provider.refund.bind(provider);
    jest.spyOn(provider, 'refund').mockImplementationOnce(async (reversal) => {
      await made(reversal);
      throw new NoAnswer('stripe');
    });
    expect((await refund(0, saleId, { amount: '4.00' })).body.status).toBe('pending');
    expect(stripe.balance(intent)).toBe(600);
    stripe.forgetKeys();
    shop.clock.advance(48 * 3_600_000);
    await Promise.all([runJob(shop, 'sales.finish-refunds'), runJob(replica, 'sales.finish-refunds')]);
    expect(await refundsOf(saleId)).toMatchObject([{ status: 'completed', amount: '4.00' }]);
    expect(stripe.balance(intent)).toBe(600);
  });

  it.each([
    ['succeeded', 'completed', '6.00'],
    ['failed', 'failed', '10.00'],
  ] as const)('refunds that Stripe takes its time over are decided by webhook: %s', async (end, status, left) => {
    stripe.refundStatus = 'pending';
    const { saleId } = await opened('pm_card_visa');
    expect((await refund(0, saleId, { amount: '4.00' })).body.status).toBe('pending');
    const [given] = [...stripe.refunds.values()].slice(-1);
    if (given === undefined) throw new Error('Nothing was given back.');
    const before = stripe.event('refund.updated', given);
    stripe.settleRefund(given, end);
    const type = end === 'failed' ? 'refund.failed' : 'refund.updated';
    const told = await Promise.all([
      deliver(0, type, given, 'evt_one'),
      deliver(1, type, given),
      deliver(0, type, given),
    ]);
    expect(told).toEqual([200, 200, 200]);
    expect(await stripe.deliver(shop.url, before)).toBe(200);
    expect(await refundsOf(saleId)).toMatchObject([{ status, amount: '4.00' }]);
    stripe.refundStatus = 'succeeded';
    expect((await refund(0, saleId, {})).body.amount).toBe(left);
  });

  it('refunds that are made at Stripe are in the books, once, with the provider as the actor', async () => {
    const { customer, saleId, intent } = await opened('pm_card_visa');
    const given = stripe.refundByHand(intent, 250);
    const charge = { id: 'ch_1', object: 'charge', payment_intent: intent.id, amount_refunded: 250 };
    const told = await Promise.all([
      deliver(0, 'charge.refunded', charge),
      deliver(1, 'refund.created', given),
      deliver(1, 'charge.refunded', charge),
      deliver(0, 'refund.updated', given),
    ]);
    expect(told).toEqual([200, 200, 200, 200]);
    expect(await refundsOf(saleId)).toMatchObject([
      { amount: '2.50', status: 'completed', creditNoteId: expect.any(String) },
    ]);
    expect((await saleOf(shop, customer, saleId)).paymentStatus).toBe('partially_refunded');
    const { rows } = await shop.db.query('SELECT actor, action FROM audit_log WHERE subject_id = $1', [saleId]);
    expect(rows).toEqual([{ actor: 'provider', action: 'sale.refunded' }]);
  });

  it('refunds that fail after they were completed are recorded for staff', async () => {
    const { saleId, intent } = await opened('pm_card_visa');
    expect((await refund(0, saleId, { amount: '4.00' })).status).toBe(201);
    const given = [...stripe.refunds.values()].find((one) => one.payment_intent === intent.id);
    if (given === undefined) throw new Error('Nothing was given back.');
    await deliver(0, 'refund.failed', { ...given, status: 'failed', failure_reason: 'lost_or_stolen_card' });
    expect(await refundsOf(saleId)).toMatchObject([{ status: 'completed', failureCode: 'lost_or_stolen_card' }]);
    const { rows } = await shop.db.query(
      `SELECT actor FROM audit_log WHERE subject_id = $1 AND action = 'sale.refund_failed'`,
      [saleId],
    );
    expect(rows).toEqual([{ actor: 'provider' }]);
  });

  it('keep what Stripe tells of a dispute, once and in any order, and leave the sale as it is', async () => {
    const { customer, saleId, intent } = await opened('pm_card_visa');
    const before = await saleOf(shop, customer, saleId);
    const due = Math.floor(Date.UTC(2031, 0, 2) / 1_000);
    const about = { id: `dp_${saleId}`, object: 'dispute', amount: 1_000, currency: 'usd', reason: 'fraudulent' };
    const known = { payment_intent: intent.id, created: due - 864_000, evidence_details: { due_by: due } };
    const dispute = (status: string) => ({ ...about, ...known, status });
    const disputesOf = async () => {
      const list = await shop.http
        .get(`/api/admin/sales/${saleId}/payments`)
        .set((await staff()).bearer)
        .expect(200);
      return list.body.items.flatMap((item: { disputes: object[] }) => item.disputes);
    };
    expect(await disputesOf()).toEqual([]);
    const id = `evt_${randomUUID()}`;
    const told = await Promise.all(
      Array.from({ length: 20 }, (_, n) => deliver(n, 'charge.dispute.created', dispute('needs_response'), id)),
    );
    expect(new Set(told)).toEqual(new Set([200]));
    const shown = { reference: about.id, reason: 'fraudulent', amount: '10.00', currency: 'USD' };
    const times = { respondBy: '2031-01-02T00:00:00.000Z', openedAt: '2030-12-23T00:00:00.000Z' };
    expect(await disputesOf()).toEqual([{ ...shown, ...times, status: 'needs_response' }]);
    const ends = [
      deliver(0, 'charge.dispute.closed', dispute('lost')),
      deliver(1, 'charge.dispute.funds_withdrawn', dispute('needs_response')),
      deliver(1, 'charge.dispute.updated', dispute('under_review')),
    ];
    expect(await Promise.all(ends)).toEqual([200, 200, 200]);
    expect(await disputesOf()).toEqual([{ ...shown, ...times, status: 'lost' }]);
    const taken = await shop.http.get('/api/users/me/export').set(customer.bearer).expect(200);
    expect(JSON.stringify(taken.body)).toContain('"reason":"fraudulent"');
    // Somebody else's, or a shape that is none of ours.
    expect(await deliver(0, 'charge.dispute.created', { ...dispute('lost'), payment_intent: 'pi_other' })).toBe(200);
    expect(await deliver(0, 'charge.dispute.created', { ...dispute('lost'), payment_intent: null })).toBe(200);
    expect(await saleOf(shop, customer, saleId)).toEqual(before);
    const { rows } = await shop.db.query(
      `SELECT actor, action, details.after ->> 'status' AS status FROM audit_log
         LEFT JOIN audit_details details ON details.entry_id = audit_log.id
       WHERE subject_id = $1 AND action LIKE 'payment.dispute%' ORDER BY audit_log.id`,
      [saleId],
    );
    expect(rows[0]).toMatchObject({ actor: 'provider', action: 'payment.disputed' });
    expect(rows.filter(({ action }) => action === 'payment.dispute_closed')).toHaveLength(1);
    const figures = await Promise.all([shop, replica].map((one) => one.http.get('/metrics').expect(200)));
    const lost = figures.map(({ text }) =>
      Number(/payment_disputes_total\{status="lost"\} (\d+)/.exec(text)?.[1] ?? 0),
    );
    expect(lost.reduce((sum, count) => sum + count)).toBe(1);
    const { body } = stripe.event('charge.dispute.created', dispute('needs_response'));
    const forged = await fetch(`${shop.url}/api/payments/webhooks/stripe`, {
      method: 'POST',
      headers: stripe.signed(body, 'whsec_other'),
      body,
    });
    expect(forged.status).toBe(400);
  });

  it.each([5 * 86_400_000, -5 * 86_400_000])(
    'are found at Stripe, whose clock is its own, with that of the shop moved by %i ms',
    async (moved) => {
      const now = stripe.now;
      stripe.now = Date.now;
      try {
        shop.clock.advance(moved);
        const sale = await openSale(shop, productId);
        stripe.fail({ on: INTENTS, kind: 'reset', times: 100 });
        const { body } = await pay(shop, sale.customer, sale.saleId, 'stripe', 'pm_card_visa').expect(201);
        expect(body.status).toBe('pending');
        stripe.healthy();
        shop.clock.advance(31_000);
        await runJob(shop, 'sales.settle-payments');
        expect(await saleOf(shop, sale.customer, sale.saleId)).toMatchObject({ paymentStatus: 'completed' });
        expect(stripe.intentsOf(sale.saleId)).toHaveLength(1);
      } finally {
        shop.clock.advance(-moved);
        stripe.now = now;
      }
    },
  );

  it('take no webhook that is not signed with the secret of the endpoint, or long ago', async () => {
    const { customer, saleId, intent } = await opened('pm_processing');
    stripe.succeed(intent);
    const { body } = stripe.event('payment_intent.succeeded', intent);
    const now = Date.now();
    const post = (headers: Record<string, string>, text = body) =>
      shop.http
        .post('/api/payments/webhooks/stripe')
        .set({ 'content-type': 'application/json', ...headers })
        .send(text);
    const good = stripe.signed(body, undefined, now);
    const answers = [
      await post({}),
      await post({ 'stripe-signature': '' }),
      await post({ 'stripe-signature': 'nonsense' }),
      await post(stripe.signed(body, 'whsec_other', now)),
      await post(stripe.signed(body, undefined, now - 301_000)),
      await post(stripe.signed(body, undefined, now + 302_000)),
      await post(good, body.replace('succeeded', 'Succeeded')),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.body.code]).toEqual([400, 'webhook_signature_invalid']);
    }
    expect((await saleOf(shop, customer, saleId)).status).toBe('pending');
    expect((await post(good)).status).toBe(200);
    await eventually(async () => expect((await saleOf(shop, customer, saleId)).status).toBe('confirmed'));
  });

  it('belong to the request that waits for them as long as it says that it lives', async () => {
    const { customer, saleId } = await openSale(shop, productId);
    const key = randomUUID();
    stripe.slowness = 4_500;
    const answer = pay(shop, customer, saleId, 'stripe', 'pm_card_visa', key).then((one) => one);
    const lastSign = async () =>
      (
        await shop.db.query('SELECT updated_at FROM payments WHERE sale_id = $1', [saleId])
      ).rows[0]?.updated_at.getTime();
    await eventually(async () => expect(await lastSign()).toBeGreaterThan(0));
    shop.clock.advance(7_000);
    const since = shop.clock.now().getTime();
    await eventually(async () => expect(await lastSign()).toBeGreaterThan(since));
    const second = await pay(replica, customer, saleId, 'stripe', 'pm_card_visa', key).expect(409);
    expect(second.body.code).toBe('idempotency_in_progress');
    expect((await answer).body).toMatchObject({ status: 'completed', saleStatus: 'confirmed' });
  });

  it('hold no transaction open while Stripe is asked', async () => {
    const { customer, saleId } = await openSale(shop, productId);
    const made = stripe.nextIntent();
    stripe.fail({ on: INTENTS, kind: 'late' });
    const answer = pay(shop, customer, saleId, 'stripe', 'pm_card_visa').then((one) => one);
    await made;
    const { rows } = await shop.db.query(
      `SELECT count(*)::int AS open FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'tradepost' AND state LIKE 'idle in transaction%'`,
    );
    expect(rows).toEqual([{ open: 0 }]);
    expect((await answer).status).toBe(201);
  });
});
