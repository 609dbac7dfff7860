import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Test } from 'supertest';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { MANY_CONNECTIONS, startApp, type TestApp } from '../support/app.js';
import { deliveredSale, paidSale, paySale, placeSale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';
import { runs } from '../support/runs.js';

describe('refunds under contention, on two replicas', () => {
  let shop: TestApp;
  let replica: TestApp;
  let staff: TestUser;

  beforeAll(async () => {
    shop = await startApp(MANY_CONNECTIONS);
    replica = await startApp(MANY_CONNECTIONS, shop);
    staff = await createCustomer(shop, 'manager');
  });
  afterEach(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const either = (n: number): TestApp => (n % 2 === 0 ? shop : replica);
  const refund = (n: number, saleId: string, body: object): Test =>
    either(n)
      .http.post(`/api/admin/sales/${saleId}/refunds`)
      .set(staff.bearer)
      .set('Idempotency-Key', randomUUID())
      .send({ reason: 'Sorry.', ...body });
  const saleOf = async (saleId: string) =>
    (await shop.http.get(`/api/admin/sales/${saleId}`).set(staff.bearer).expect(200)).body;
  const stockOf = async (productId: string): Promise<number> =>
    (await shop.db.query('SELECT stock FROM products WHERE id = $1', [productId])).rows[0].stock;
  const refunded = async (saleId: string): Promise<string> =>
    (await shop.db.query('SELECT coalesce(sum(amount), 0)::text AS sum FROM refunds WHERE sale_id = $1', [saleId]))
      .rows[0].sum;

  it.each([
    ['amounts', { amount: '3.00' }, 3, '1.00'],
    ['the whole', {}, 1, undefined],
  ])('ten of %s give back no more than was paid', async (_, body, granted, rest) => {
    const product = await createProduct(shop.db, { price: 1_000n });
    const { saleId } = await paidSale(shop, product.id);
    const answers = await Promise.all(Array.from({ length: 10 }, (__, n) => refund(n, saleId, body)));
    const refusals = answers.filter(({ status }) => status !== 201);
    expect(refusals).toHaveLength(10 - granted);
    for (const answer of refusals) expect([answer.status, answer.body.code]).toEqual([409, 'refund_exceeds_payment']);
    if (rest !== undefined) expect((await refund(0, saleId, {}).expect(201)).body.amount).toBe(rest);
    expect(await refunded(saleId)).toBe('1000');
    expect((await saleOf(saleId)).paymentStatus).toBe('refunded');
  });

  it('ten of pieces give back each piece once', async () => {
    const product = await createProduct(shop.db, { price: 999n });
    const { saleId } = await paidSale(shop, product.id, 6);
    const items = [{ productId: product.id, quantity: 1 }];
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => refund(n, saleId, { items })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(6);
    expect(await refunded(saleId)).toBe('5994');
  });

  it('of many sales number their credit notes without a gap', async () => {
    const product = await createProduct(shop.db, { stock: 1_000 });
    const sales = await Promise.all(Array.from({ length: 12 }, () => paidSale(shop, product.id, 2)));
    const half = (round: number) =>
      Promise.all(sales.map(({ saleId }, n) => refund(n + round, saleId, { amount: '10.00' }).expect(201)));
    await Promise.all([half(0), half(1)]);
    const { rows } = await shop.db.query(
      `SELECT count(*)::int AS notes, count(DISTINCT number)::int AS numbers, max(sequence) AS last FROM invoices
       WHERE kind = 'credit_note'`,
    );
    expect(rows[0].notes).toBeGreaterThanOrEqual(24);
    expect(rows[0]).toEqual({ notes: rows[0].last, numbers: rows[0].last, last: rows[0].last });
  });

  it('against payment and cancellation come to one end, with the stock back once', async () => {
    const product = await createProduct(shop.db, { price: 700n, stock: 1_000 });
    const ends: Record<string, number> = {};
    for (let round = 0; round < 12; round += 1) {
      const customer = await createCustomer(shop);
      const before = await stockOf(product.id);
      const { body } = await placeSale(shop, customer, [{ productId: product.id, quantity: 2 }]).expect(201);
      const cancel = (n: number): Test =>
        either(n).http.post(`/api/sales/${body.id}/cancel`).set(customer.bearer).send({});
      if (round % 2 === 0) await paySale(shop, customer, body.id).expect(201);
      const answers = await Promise.all([
        paySale(replica, customer, body.id),
        refund(round, body.id, { amount: '5.00' }),
        cancel(round + 1),
        refund(round + 1, body.id, {}),
        cancel(round),
        refund(round, body.id, { items: [{ productId: product.id, quantity: 1 }] }),
      ]);
      for (const { status } of answers) expect([200, 201, 409]).toContain(status);
      const sale = await saleOf(body.id);
      expect(sale.status).toBe('cancelled');
      expect(await stockOf(product.id)).toBe(before);
      const { rows } = await shop.db.query(
        `SELECT coalesce(sum(amount), 0)::int AS paid FROM payments WHERE sale_id = $1 AND status <> 'failed'`,
        [body.id],
      );
      expect(Number(await refunded(body.id))).toBe(rows[0].paid);
      ends[sale.paymentStatus] = (ends[sale.paymentStatus] ?? 0) + 1;
    }
    expect(ends.refunded).toBeGreaterThanOrEqual(6);
  });

  it('against the receipt of a return give back no piece twice', async () => {
    const product = await createProduct(shop.db, { price: 1_250n, stock: 100 });
    const items = [{ productId: product.id, quantity: 2 }];
    for (let round = 0; round < 4; round += 1) {
      const before = await stockOf(product.id);
      const { customer, saleId } = await deliveredSale(shop, staff, items);
      const wish = { items, reason: 'Too small.' };
      const asked = await shop.http.post(`/api/sales/${saleId}/returns`).set(customer.bearer).send(wish).expect(201);
      const decide = (n: number, status: string): Test =>
        either(n).http.patch(`/api/admin/returns/${asked.body.id}`).set(staff.bearer).send({ status });
      await decide(0, 'approved').expect(200);
      const returned = { status: 'returned' };
      const answers = await Promise.all([
        decide(round, 'received'),
        refund(round + 1, saleId, { items }),
        either(round).http.patch(`/api/admin/sales/${saleId}/status`).set(staff.bearer).send(returned),
        refund(round, saleId, { amount: '24.99' }),
        decide(round + 1, 'refused'),
      ]);
      for (const { status } of answers) expect([200, 201, 409]).toContain(status);
      expect(Number(await refunded(saleId))).toBeLessThanOrEqual(2_500);
      const sale = await saleOf(saleId);
      expect(['returned', 'delivered']).toContain(sale.status);
      expect(await stockOf(product.id)).toBe(sale.status === 'returned' ? before : before - 2);
    }
  });

  it('in any order and of any kind sum to what was paid, and the rest is exact', async () => {
    const products = await Promise.all(
      [1_999n, 333n, 1n].map((price) => createProduct(shop.db, { price, stock: 100_000 })),
    );
    const basket = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 3, maxLength: 3 });
    const wish = fc.oneof(
      fc.integer({ min: 1, max: 4_000 }).map((cents) => ({ amount: (cents / 100).toFixed(2) })),
      fc
        .record({ product: fc.integer({ min: 0, max: 2 }), quantity: fc.integer({ min: 1, max: 4 }) })
        .map(({ product, quantity }) => ({ items: [{ productId: products[product]?.id, quantity }] })),
    );
    await fc.assert(
      fc.asyncProperty(basket, fc.array(wish, { maxLength: 8 }), async (quantities, wishes) => {
        const customer = await createCustomer(shop);
        const items = products.map(({ id }, index) => ({ productId: id, quantity: quantities[index] ?? 1 }));
        const { body: sale } = await placeSale(shop, customer, items).expect(201);
        await paySale(shop, customer, sale.id).expect(201);
        const paid = BigInt(sale.total.replace('.', ''));
        let sum = 0n;
        for (const [n, body] of [...wishes, {}].entries()) {
          const { status, body: answer } = await refund(n, sale.id, body);
          if (status === 201) sum += BigInt(answer.amount.replace('.', ''));
          else expect([status, answer.code]).toEqual([409, 'refund_exceeds_payment']);
          expect(sum <= paid).toBe(true);
        }
        expect(sum).toBe(paid);
        expect(await refunded(sale.id)).toBe(String(paid));
      }),
      { numRuns: runs(8) },
    );
  });
});
