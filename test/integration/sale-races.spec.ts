import { setTimeout as delay } from 'node:timers/promises';
import { createCustomer } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { MANY_CONNECTIONS, startApp, type TestApp } from '../support/app.js';
import { placeSale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';
import { openSale, pay, runJob, saleOf } from '../support/paying.js';

/** How long baskets cross; `make test-money` lets them for a minute. */
const CROSSING_MS = Number(process.env.CROSSING_SECONDS ?? 3) * 1_000;
const CLIENTS = 64;
const RESERVATION_MS = 15 * 60_000;

describe('sales that race, on two replicas', () => {
  let shop: TestApp;
  let replica: TestApp;

  beforeAll(async () => {
    const settings = { ...MANY_CONNECTIONS, WORKER: 'off', MAX_OPEN_RESERVATIONS: '0', ACCESS_TOKEN_SECONDS: '86400' };
    shop = await startApp(settings);
    replica = await startApp(settings, shop);
  });
  afterEach(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const either = (n: number): TestApp => (n % 2 === 0 ? shop : replica);
  const stockOf = async (id: string): Promise<number> =>
    (await shop.db.query('SELECT stock FROM products WHERE id = $1', [id])).rows[0].stock;

  it('that run out are cancelled though one of them cannot be, which is told', async () => {
    const { id } = await createProduct(shop.db, { stock: 3 });
    const buyer = await createCustomer(shop);
    const sales: string[] = [];
    for (let sale = 0; sale < 3; sale += 1) {
      sales.push((await placeSale(shop, buyer, [{ productId: id, quantity: 1 }]).expect(201)).body.id);
    }
    await shop.db.query('UPDATE sales SET expires_at = now() WHERE id = ANY ($1)', [sales]);
    await shop.db.query(`ALTER TABLE sales ADD CONSTRAINT stuck CHECK (id <> '${sales[0]}' OR status <> 'cancelled')`);
    try {
      await expect(runJob(shop, 'sales.expire')).rejects.toThrow(`could not be cancelled: ${sales[0]}.`);
      expect(await stockOf(id)).toBe(2);
    } finally {
      await shop.db.query('ALTER TABLE sales DROP CONSTRAINT stuck');
    }
    await runJob(replica, 'sales.expire');
    expect(await stockOf(id)).toBe(3);
  });

  it('of two shoppers, one gets the last unit, and the other is told that there is none and leaves nothing', async () => {
    const shoppers = [await createCustomer(shop), await createCustomer(shop)];
    for (let round = 0; round < 10; round += 1) {
      const { id } = await createProduct(shop.db, { stock: 1 });
      const items = [{ productId: id, quantity: 1 }];
      const answers = await Promise.all(shoppers.map((shopper, n) => placeSale(either(n + round), shopper, items)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
      const refused = answers.find(({ status }) => status === 409)?.body;
      expect(refused).toMatchObject({ code: 'insufficient_stock', errors: [{ productId: id, available: 0 }] });
      expect(await stockOf(id)).toBe(0);
      const { rows } = await shop.db.query('SELECT count(*)::int AS lines FROM sale_items WHERE product_id = $1', [id]);
      expect(rows).toEqual([{ lines: 1 }]);
    }
  });

  it.each([
    ['paid and expire', false],
    ['paid, cancelled and expire', true],
  ])(
    'come to one end where they are %s at once, with the stock back once',
    async (_, cancelling) => {
      const { id } = await createProduct(shop.db, { stock: 100 });
      let kept = 0;
      for (const [round, method] of ['ok', 'pending_then_ok', 'ok', 'late_ok', 'ok', 'pending'].entries()) {
        const { customer, saleId } = await openSale(shop, id);
        shop.clock.advance(RESERVATION_MS - 120);
        const expire = async (on: TestApp): Promise<void> => {
          for (let n = 0; n < 6; n += 1) {
            await runJob(on, 'sales.expire');
            await delay(40);
          }
        };
        const cancel = () => replica.http.post(`/api/sales/${saleId}/cancel`).set(customer.bearer).send({});
        await Promise.all([
          expire(shop),
          expire(replica),
          delay(20 * round).then(() => pay(either(round), customer, saleId, 'sandbox', method)),
          ...(cancelling ? [delay(25 * round).then(cancel), delay(30).then(cancel)] : []),
        ]);
        await delay(1_200);
        for (const name of ['sales.settle-payments', 'sales.finish-refunds', 'sales.expire']) {
          shop.clock.advance(121_000);
          await Promise.all([runJob(shop, name), runJob(replica, name)]);
        }
        const { status, paymentStatus } = await saleOf(shop, customer, saleId);
        const ends = ['cancelled pending', 'cancelled failed', 'cancelled refunded'];
        if (!cancelling) ends.push('confirmed completed');
        expect(ends).toContain(`${status} ${paymentStatus}`);
        if (status === 'confirmed') kept += 1;
        expect(await stockOf(id)).toBe(100 - kept);
      }
    },
    60_000,
  );

  it(
    'with crossing baskets let no deadlock reach any of 64 clients',
    async () => {
      const [a, b] = [
        await createProduct(shop.db, { stock: 900_000 }),
        await createProduct(shop.db, { stock: 900_000 }),
      ];
      const basket = (n: number) => (n % 2 === 0 ? [a, b] : [b, a]).map(({ id }) => ({ productId: id, quantity: 1 }));
      const shoppers = await Promise.all(Array.from({ length: CLIENTS }, () => createCustomer(shop)));
      const end = performance.now() + CROSSING_MS;
      const clients = shoppers.map(async (shopper, n) => {
        let placed = 0;
        while (performance.now() < end || placed === 0) {
          const { status, body } = await placeSale(either(n), shopper, basket(n));
          expect([201, 503]).toContain(status);
          // Of too many at once some are asked to come again; a deadlock is nobody's business.
          if (status === 503) {
            expect(body.code).not.toMatch(/internal|deadlock/);
            await delay(100);
          }
          placed += status === 201 ? 1 : 0;
        }
        return placed;
      });
      const placed = (await Promise.all(clients)).reduce((sum, count) => sum + count, 0);
      expect(placed).toBeGreaterThanOrEqual(CLIENTS);
      expect(await stockOf(a.id)).toBe(900_000 - placed);
      expect(await stockOf(b.id)).toBe(900_000 - placed);
    },
    CROSSING_MS + 60_000,
  );
});
