import { randomUUID } from 'node:crypto';
import { SandboxProvider } from '../../src/modules/payments/sandbox.provider.js';
import { createCustomer } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { MANY_CONNECTIONS, startApp, type TestApp } from '../support/app.js';
import { ADDRESS, addToCart, paySale, placeSale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';

describe('checkout under contention, on two replicas', () => {
  let shop: TestApp;
  let replica: TestApp;

  beforeAll(async () => {
    shop = await startApp(MANY_CONNECTIONS);
    replica = await startApp(MANY_CONNECTIONS, shop);
  });
  afterEach(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const either = (n: number): TestApp => (n % 2 === 0 ? shop : replica);
  const statuses = (answers: readonly { status: number }[]): Record<number, number> => {
    const counts: Record<number, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };

  it('sells 10 units to 10 of 100 shoppers and tells 90 that there are no more', async () => {
    const product = await createProduct(shop.db, { stock: 10 });
    const shoppers = await Promise.all(Array.from({ length: 100 }, () => createCustomer(shop)));
    const items = [{ productId: product.id, quantity: 1 }];
    const answers = await Promise.all(shoppers.map((shopper, n) => placeSale(either(n), shopper, items)));
    expect(statuses(answers)).toEqual({ 201: 10, 409: 90 });
    const refusals = answers.filter((answer) => answer.status === 409);
    for (const { body } of refusals) {
      expect(body).toMatchObject({ code: 'insufficient_stock', errors: [{ productId: product.id, available: 0 }] });
    }
    const { rows } = await shop.db.query('SELECT count(*)::int AS sales FROM sale_items WHERE product_id = $1', [
      product.id,
    ]);
    expect(rows).toEqual([{ sales: 10 }]);
  });

  it('goes on for everybody else while a product is held by somebody', async () => {
    const [held, free] = [await createProduct(shop.db, { stock: 9 }), await createProduct(shop.db, { stock: 9 })];
    const [first, ...others] = await Promise.all([
      createCustomer(shop),
      ...Array.from({ length: 6 }, () => createCustomer(shop)),
    ]);
    const holder = await shop.db.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM products WHERE id = $1 FOR NO KEY UPDATE', [held.id]);
    const one = ({ id }: { id: string }) => ({ productId: id, quantity: 1 });
    const waiting = Promise.all([placeSale(shop, first, [one(held)])]);
    const answers = await Promise.all(others.map((shopper) => placeSale(shop, shopper, [one(free)])));
    await holder.query('COMMIT');
    holder.release();
    expect(statuses(answers)).toEqual({ 201: 6 });
    expect(statuses(await waiting)).toEqual({ 201: 1 });
  });

  it('sells many baskets of the same moment as if one after another', async () => {
    const [a, b] = [await createProduct(shop.db, { stock: 30 }), await createProduct(shop.db, { stock: 12 })];
    const shoppers = await Promise.all(Array.from({ length: 24 }, () => createCustomer(shop)));
    const answers = await Promise.all(
      shoppers.map((shopper, n) =>
        placeSale(shop, shopper, [
          { productId: n % 2 === 0 ? a.id : b.id, quantity: 1 },
          { productId: n % 2 === 0 ? b.id : a.id, quantity: 1 },
        ]),
      ),
    );
    expect(statuses(answers)).toEqual({ 201: 12, 409: 12 });
    const { rows } = await shop.db.query(
      `SELECT p.id, p.stock, array_agg(e.data ->> 'stock' ORDER BY e.position) AS told
       FROM products p JOIN outbox_events e ON e.aggregate_id = p.id AND e.type = 'stock.changed'
       WHERE p.id = ANY ($1) AND e.data ->> 'reason' = 'sale' GROUP BY p.id`,
      [[a.id, b.id]],
    );
    const levels = (from: number) => Array.from({ length: 12 }, (_, n) => String(from - 1 - n));
    expect(rows).toEqual(
      expect.arrayContaining([
        { id: a.id, stock: 18, told: levels(30) },
        { id: b.id, stock: 0, told: levels(12) },
      ]),
    );
  });

  it('takes turns at a product that others hold, since in the queue for its row two checkouts would deadlock', async () => {
    const { id } = await createProduct(shop.db, { stock: 9 });
    const [filling, holder] = [await shop.db.connect(), await shop.db.connect()];
    // A cart that is being filled refers to the row as it was before the holder changes it.
    await filling.query('BEGIN');
    await filling.query('SELECT FROM products WHERE id = $1 FOR KEY SHARE', [id]);
    await holder.query('BEGIN');
    await holder.query('UPDATE products SET stock = stock - 1, version = version + 1 WHERE id = $1', [id]);
    await holder.query(
      `INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, created_at)
       VALUES (gen_random_uuid(), $1, -1, 8, 'adjustment', now())`,
      [id],
    );
    const buy = async (n: number) => placeSale(either(n), await createCustomer(shop), [{ productId: id, quantity: 1 }]);
    const sales = Promise.all([buy(0), buy(1), buy(0)]);
    await eventually(async () => {
      const { rows } = await shop.db.query(
        `SELECT locktype, count(*)::int FROM pg_locks JOIN pg_stat_activity USING (pid)
         WHERE NOT granted AND datname = current_database() GROUP BY locktype ORDER BY locktype`,
      );
      expect(rows).toEqual([
        { locktype: 'advisory', count: 2 },
        { locktype: 'transactionid', count: 1 },
      ]);
    });
    await holder.query('COMMIT');
    expect(statuses(await sales)).toEqual({ 201: 3 });
    await filling.query('COMMIT');
    for (const client of [filling, holder]) client.release();
  });

  it('makes one sale of 20 requests under one key, with one answer', async () => {
    const product = await createProduct(shop.db, { stock: 50 });
    const customer = await createCustomer(shop);
    const items = [{ productId: product.id, quantity: 2 }];
    const key = { 'Idempotency-Key': randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => placeSale(either(n), customer, items, key)));
    expect(statuses(answers)).toEqual({ 201: 20 });
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(answers.filter((answer) => answer.headers['idempotency-replayed'] === 'true')).toHaveLength(19);
  });

  it('sells a cart once, however many checkouts it gets', async () => {
    const product = await createProduct(shop.db, { stock: 50 });
    const customer = await createCustomer(shop);
    await addToCart(shop, customer, product.id, 2).expect(200);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        placeSale(either(n), customer, undefined, { 'Idempotency-Key': randomUUID() }),
      ),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(answers.every((answer) => answer.status === 201 || answer.body.code === 'cart_empty')).toBe(true);
  });

  it('sells crossing baskets without a deadlock reaching anybody', async () => {
    const a = await createProduct(shop.db, { stock: 10_000 });
    const b = await createProduct(shop.db, { stock: 10_000 });
    const shoppers = await Promise.all(Array.from({ length: 32 }, () => createCustomer(shop)));
    const basket = (n: number) => (n % 2 === 0 ? [a, b] : [b, a]).map(({ id }) => ({ productId: id, quantity: 1 }));
    for (let round = 0; round < 4; round += 1) {
      const answers = await Promise.all(shoppers.map((shopper, n) => placeSale(either(n), shopper, basket(n))));
      expect(statuses(answers)).toEqual({ 201: 32 });
    }
  });

  it('charges the old price or the new one, never a mixture', async () => {
    const product = await createProduct(shop.db, { price: 1_000n, stock: 10_000 });
    const shoppers = await Promise.all(Array.from({ length: 10 }, () => createCustomer(shop)));
    let racing = true;
    const repricing = (async () => {
      for (let price = 1_001; racing; price = price === 1_000 ? 1_001 : 1_000) {
        await shop.db.query('UPDATE products SET price = $2, version = version + 1 WHERE id = $1', [product.id, price]);
      }
    })();
    const items = [{ productId: product.id, quantity: 3 }];
    const answers = (
      await Promise.all(
        shoppers.map(async (shopper, n) => {
          const mine = [];
          for (let i = 0; i < 5; i += 1) mine.push(await placeSale(either(n), shopper, items));
          return mine;
        }),
      )
    ).flat();
    racing = false;
    await repricing;
    for (const { status, body } of answers) {
      if (status === 409) expect(body.code).toBe('cart_changed');
      else
        expect([`${status} 10.00 30.00`, `${status} 10.01 30.03`]).toContain(
          `201 ${body.items[0].unitPrice} ${body.total}`,
        );
    }
    expect(answers.filter((answer) => answer.status === 201).length).toBeGreaterThan(0);
  });

  it('comes to one end when a sale is paid and cancelled at once', async () => {
    const product = await createProduct(shop.db, { stock: 40 });
    for (let round = 0; round < 10; round += 1) {
      const customer = await createCustomer(shop);
      const placed = await placeSale(shop, customer, [{ productId: product.id, quantity: 1 }]).expect(201);
      await Promise.all([
        paySale(shop, customer, placed.body.id),
        replica.http.post(`/api/sales/${placed.body.id}/cancel`).set(customer.bearer).send({}),
        shop.http.post(`/api/sales/${placed.body.id}/cancel`).set(customer.bearer).send({}),
      ]);
      const sale = await shop.http.get(`/api/sales/${placed.body.id}`).set(customer.bearer).expect(200);
      expect(['cancelled refunded', 'cancelled pending']).toContain(`${sale.body.status} ${sale.body.paymentStatus}`);
    }
    const { rows } = await shop.db.query('SELECT stock FROM products WHERE id = $1', [product.id]);
    expect(rows).toEqual([{ stock: 40 }]);
  });

  it('answers alike to every request under one key, also where more than one step is taken', async () => {
    const product = await createProduct(shop.db, { stock: 100 });
    const customer = await createCustomer(shop);
    const body = {
      items: [{ productId: product.id, quantity: 1 }],
      deliveryAddress: ADDRESS,
      payment: { provider: 'sandbox', method: 'ok' },
    };
    const send = (path: string, content: object, key: string) =>
      Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          either(n).http.post(path).set(customer.bearer).set('Idempotency-Key', key).send(content),
        ),
      );
    for (let round = 0; round < 3; round += 1) {
      const placed = await send('/api/sales', body, randomUUID());
      expect(new Set(placed.map((answer) => `${answer.status} ${JSON.stringify(answer.body)}`)).size).toBe(1);
      expect(placed[0]?.body).toMatchObject({ status: 'confirmed', paymentStatus: 'completed' });
      const cancelled = await send(`/api/sales/${placed[0]?.body.id}/cancel`, {}, randomUUID());
      expect(new Set(cancelled.map((answer) => `${answer.status} ${JSON.stringify(answer.body)}`)).size).toBe(1);
      expect(cancelled[0]?.body).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
    }
  });

  it('pays one of two sales that are paid under one key at once, and tells the other that the key is taken', async () => {
    const product = await createProduct(shop.db, { stock: 40 });
    const customer = await createCustomer(shop);
    for (let round = 0; round < 10; round += 1) {
      const items = [{ productId: product.id, quantity: 1 }];
      const sales = await Promise.all([placeSale(shop, customer, items), placeSale(shop, customer, items)]);
      const key = randomUUID();
      const paid = await Promise.all(
        sales.map(({ body }, n) =>
          (round % 2 === 0 ? shop : either(n)).http
            .post(`/api/sales/${body.id}/payments`)
            .set(customer.bearer)
            .set('Idempotency-Key', key)
            .send({ provider: 'sandbox', method: 'ok' }),
        ),
      );
      expect(statuses(paid)).toEqual({ 201: 1, 422: 1 });
      const confirmed = await Promise.all(
        sales.map(({ body }) => shop.http.get(`/api/sales/${body.id}`).set(customer.bearer).expect(200)),
      );
      expect(confirmed.map(({ body }) => body.status).sort()).toEqual(['confirmed', 'pending']);
    }
  });

  it('opens a payment for its owner alone, and says the amount of the sale', async () => {
    const product = await createProduct(shop.db, { price: 1_050n, stock: 40 });
    const [customer, other] = await Promise.all([createCustomer(shop), createCustomer(shop)]);
    const placed = await placeSale(shop, customer, [{ productId: product.id, quantity: 3 }]).expect(201);
    expect((await paySale(shop, other, placed.body.id).expect(404)).body.code).toBe('sale_not_found');
    const paid = await paySale(shop, customer, placed.body.id).expect(201);
    expect(paid.body).toMatchObject({ amount: '31.50', currency: 'USD', status: 'completed', saleStatus: 'confirmed' });
    expect((await paySale(shop, customer, placed.body.id).expect(409)).body.code).toBe('already_paid');
    const event = await shop.db.query(
      "SELECT data FROM outbox_events WHERE aggregate_id = $1 AND type = 'sale.confirmed'",
      [placed.body.id],
    );
    expect(event.rows).toEqual([{ data: expect.objectContaining({ total: '31.50', status: 'confirmed' }) }]);
  });

  it('gives money back that a provider took for a sale which was cancelled meanwhile', async () => {
    const product = await createProduct(shop.db, { stock: 5 });
    const customer = await createCustomer(shop);
    const placed = await placeSale(shop, customer, [{ productId: product.id, quantity: 1 }]).expect(201);
    const provider = shop.app.get(SandboxProvider, { strict: false });
    jest.spyOn(provider, 'decided').mockReturnValueOnce(undefined);
    const charged = jest.spyOn(provider, 'charge').mockImplementationOnce(async (charge) => {
      await replica.http.post(`/api/sales/${placed.body.id}/cancel`).set(customer.bearer).expect(200);
      return { status: 'completed', reference: `late_${charge.id}` };
    });
    const paid = await paySale(shop, customer, placed.body.id).expect(409);
    expect(paid.body.code).toBe('invalid_transition');
    expect(charged).toHaveBeenCalledTimes(1);
    const sale = await shop.http.get(`/api/sales/${placed.body.id}`).set(customer.bearer).expect(200);
    expect(sale.body).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded', invoiceId: null });
    const { rows } = await shop.db.query('SELECT status, amount FROM refunds WHERE sale_id = $1', [placed.body.id]);
    expect(rows).toEqual([{ status: 'completed', amount: '1000' }]);
  });

  it('makes the payment that a crash has kept from a sale, when its request is repeated', async () => {
    const product = await createProduct(shop.db, { stock: 5 });
    const customer = await createCustomer(shop);
    const provider = shop.app.get(SandboxProvider, { strict: false });
    jest.spyOn(provider, 'decided').mockReturnValueOnce(undefined);
    jest.spyOn(provider, 'charge').mockRejectedValueOnce(new Error('The process died here.'));
    const body = {
      items: [{ productId: product.id, quantity: 1 }],
      deliveryAddress: ADDRESS,
      payment: { provider: 'sandbox', method: 'ok' },
    };
    const key = randomUUID();
    const send = () => shop.http.post('/api/sales').set(customer.bearer).set('Idempotency-Key', key).send(body);
    await send().expect(500);
    const early = await send().expect(409);
    expect(early.body.code).toBe('idempotency_in_progress');
    expect(early.headers['retry-after']).toMatch(/^[1-9]\d*$/);
    shop.clock.advance(31_000);
    const paid = await send().expect(201);
    expect(paid.body).toMatchObject({ status: 'confirmed', paymentStatus: 'completed' });
    expect((await send().expect(201)).body).toEqual(paid.body);
  });

  it('numbers the invoices of both replicas without a gap', async () => {
    const product = await createProduct(shop.db, { stock: 1_000 });
    const shoppers = await Promise.all(Array.from({ length: 24 }, () => createCustomer(shop)));
    await Promise.all(
      shoppers.map(async (shopper, n) => {
        const placed = await placeSale(either(n), shopper, [{ productId: product.id, quantity: 1 }]).expect(201);
        await paySale(either(n + 1), shopper, placed.body.id).expect(201);
      }),
    );
    const { rows } = await shop.db.query(
      `SELECT count(*)::int AS missing FROM sales s WHERE payment_status = 'completed'
         AND NOT EXISTS (SELECT FROM invoices v WHERE v.sale_id = s.id)`,
    );
    expect(rows).toEqual([{ missing: 0 }]);
  });
});
