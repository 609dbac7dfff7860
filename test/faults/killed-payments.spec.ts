import { randomUUID } from 'node:crypto';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { brokenInvariants } from '../support/invariants.js';
import { disagreements, openSale, pay, runJob, saleOf } from '../support/paying.js';
import { type ServerProcess, startServerProcess } from '../support/server-process.js';
import { StripeSimulator } from '../support/stripe-simulator.js';

const INTENTS = 'POST /v1/payment_intents';

describe('an application that is killed between a charge and its record', () => {
  let stripe: StripeSimulator;
  let shop: TestApp;
  let productId: string;

  beforeAll(async () => {
    stripe = await new StripeSimulator().start();
    shop = await startApp({ WORKER: 'off', ...stripe.settings });
    stripe.now = () => shop.clock.now().getTime();
    productId = (await createProduct(shop.db, { stock: 100 })).id;
  });
  afterEach(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
    expect(await disagreements(stripe, shop.db)).toEqual([]);
  });
  afterAll(async () => {
    await shop.close();
    await stripe.close();
  });

  /** Has a process charge some sales and kills it when Stripe has taken the money of all, which it never hears of. */
  async function chargeAndKill(count: number) {
    const server: ServerProcess = await startServerProcess(shop.database, { WORKER: 'off', ...stripe.settings });
    const sales = await Promise.all(
      Array.from({ length: count }, async () => ({ ...(await openSale(shop, productId)), key: randomUUID() })),
    );
    stripe.fail({ on: INTENTS, kind: 'hang', times: count });
    const requests = sales.map(({ saleId, customer, key }) =>
      fetch(`${server.url}/api/sales/${saleId}/payments`, {
        method: 'POST',
        headers: { ...customer.bearer, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ provider: 'stripe', method: 'pm_card_visa' }),
      }),
    );
    const broken = Promise.allSettled(requests);
    while (sales.some(({ saleId }) => stripe.intentsOf(saleId).length === 0)) await stripe.nextIntent();
    server.kill('SIGKILL');
    expect(await server.ended).toEqual([null, 'SIGKILL']);
    expect((await broken).map(({ status }) => status)).toEqual(Array(count).fill('rejected'));
    stripe.healthy();
    return sales;
  }

  it('has its payments taken up by the repetition of the request, soon and charged once', async () => {
    const sales = await chargeAndKill(5);
    const [first] = sales;
    if (first === undefined) throw new Error('Nothing was sold.');
    const early = await pay(shop, first.customer, first.saleId, 'stripe', 'pm_card_visa', first.key).expect(409);
    expect(early.body.code).toBe('idempotency_in_progress');
    expect(early.headers['retry-after']).toMatch(/^[1-9]\d*$/);
    shop.clock.advance(7_000);
    const answers = await Promise.all(
      sales.map(({ customer, saleId, key }) => pay(shop, customer, saleId, 'stripe', 'pm_card_visa', key)),
    );
    expect(answers.map(({ status, body }) => [status, body.status])).toEqual(Array(5).fill([201, 'completed']));
    for (const { saleId } of sales) expect(stripe.intentsOf(saleId)).toHaveLength(1);
  });

  it('has them looked up by the other replicas when nobody asks again', async () => {
    const sales = await chargeAndKill(3);
    const replica = await startApp({ WORKER: 'off', ...stripe.settings }, shop);
    shop.clock.advance(31_000);
    await Promise.all([shop, replica, shop, replica].map((one) => runJob(one, 'sales.settle-payments')));
    await replica.close();
    for (const { customer, saleId } of sales) {
      expect(await saleOf(shop, customer, saleId)).toMatchObject({ status: 'confirmed', paymentStatus: 'completed' });
      expect(stripe.intentsOf(saleId)).toHaveLength(1);
    }
  });

  it('has the money given back of sales that ended before anybody looked', async () => {
    const [sale] = await chargeAndKill(1);
    if (sale === undefined) throw new Error('Nothing was sold.');
    shop.clock.advance(16 * 60_000);
    await runJob(shop, 'sales.expire');
    shop.clock.advance(31_000);
    await runJob(shop, 'sales.settle-payments');
    const after = await saleOf(shop, sale.customer, sale.saleId);
    expect(after).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
    expect(stripe.balance(stripe.intentOf(sale.saleId))).toBe(0);
  });
});
