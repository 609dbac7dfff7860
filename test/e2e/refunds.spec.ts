import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { SandboxProvider } from '../../src/modules/payments/sandbox.provider.js';
import { SaleRefundsService } from '../../src/modules/sales/refunds/sale-refunds.service.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { paidSale, paySale, placeSale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';

describe('refunds', () => {
  let shop: TestApp;
  let staff: TestUser;

  beforeAll(async () => {
    shop = await startApp({ WORKER: 'off' });
    staff = await createCustomer(shop, 'manager');
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
  afterAll(() => shop.close());

  const refund = (saleId: string, body: object, key?: string) => {
    const request = shop.http.post(`/api/admin/sales/${saleId}/refunds`).set(staff.bearer);
    if (key !== undefined) request.set('Idempotency-Key', key);
    return request.send({ reason: 'It came scratched.', ...body });
  };
  const paymentStatus = async (saleId: string): Promise<string> =>
    (await shop.http.get(`/api/admin/sales/${saleId}`).set(staff.bearer).expect(200)).body.paymentStatus;
  const creditNotes = async (customer: TestUser) => {
    const { body } = await shop.http.get('/api/invoices').set(customer.bearer).expect(200);
    return (body.items as { kind: string }[]).filter(({ kind }) => kind === 'credit_note');
  };

  it('give back all that was paid, with a credit note that mirrors the invoice', async () => {
    const product = await createProduct(shop.db, { price: 1_999n });
    const { customer, saleId } = await paidSale(shop, product.id, 3);
    const made = await refund(saleId, {}).expect(201);
    expect(made.body).toEqual({
      id: expect.any(String),
      saleId,
      failureCode: null,
      amount: '59.97',
      currency: 'USD',
      status: 'completed',
      reason: 'It came scratched.',
      items: [{ productId: product.id, quantity: 3, amount: '59.97' }],
      creditNoteId: expect.any(String),
      createdAt: expect.any(String),
    });
    expect(await paymentStatus(saleId)).toBe('refunded');
    const note = await shop.http.get(`/api/invoices/${made.body.creditNoteId}`).set(customer.bearer).expect(200);
    expect(note.body).toMatchObject({
      kind: 'credit_note',
      number: expect.stringMatching(/^CN-\d{4}-\d{6}$/),
      saleId,
      subtotal: '59.97',
      total: '59.97',
      lines: [{ productId: product.id, sku: product.sku, unitPrice: '19.99', quantity: 3, lineTotal: '59.97' }],
    });
    const again = await refund(saleId, {}).expect(409);
    expect(again.body.code).toBe('refund_exceeds_payment');
    expect(again.body.detail).toContain('0.00 USD');
  });

  it('give back amounts and pieces, each with its credit note, up to what was paid', async () => {
    const lamp = await createProduct(shop.db, { price: 1_000n });
    const mug = await createProduct(shop.db, { price: 333n });
    const customer = await createCustomer(shop);
    const basket = [
      { productId: lamp.id, quantity: 2 },
      { productId: mug.id, quantity: 3 },
    ];
    const placed = await placeSale(shop, customer, basket).expect(201);
    const saleId = placed.body.id;
    await paySale(shop, customer, saleId).expect(201);
    const eased = await refund(saleId, { amount: '5.00' }).expect(201);
    expect(eased.body).toMatchObject({ amount: '5.00', items: [], status: 'completed' });
    expect(await paymentStatus(saleId)).toBe('partially_refunded');
    const mugs = await refund(saleId, { items: [{ productId: mug.id, quantity: 2 }] }).expect(201);
    expect(mugs.body).toMatchObject({ amount: '6.66', items: [{ productId: mug.id, quantity: 2 }] });
    const tooMany = await refund(saleId, { items: [{ productId: mug.id, quantity: 2 }] }).expect(409);
    expect(tooMany.body).toMatchObject({
      code: 'refund_exceeds_payment',
      errors: [{ path: 'items.0.quantity', productId: mug.id, requested: 2, available: 1 }],
    });
    const tooMuch = await refund(saleId, { amount: 18.34 }).expect(409);
    expect(tooMuch.body.detail).toContain('18.33 USD');
    const rest = await refund(saleId, {}).expect(201);
    expect(rest.body.amount).toBe('18.33');
    expect(await paymentStatus(saleId)).toBe('refunded');

    const notes = await creditNotes(customer);
    expect(notes).toMatchObject([{ total: '18.33' }, { total: '6.66' }, { total: '5.00' }]);
    const list = await shop.http.get(`/api/admin/sales/${saleId}/refunds`).set(staff.bearer).expect(200);
    expect(list.body).toMatchObject({ total: 3, items: [rest.body, mugs.body, eased.body] });
    const { rows } = await shop.db.query(
      `SELECT data FROM outbox_events WHERE aggregate_id = $1 AND type = 'sale.refunded' ORDER BY position`,
      [saleId],
    );
    expect(rows.map(({ data }) => data)).toMatchObject([
      { saleId, refundId: eased.body.id, amount: '5.00', paymentStatus: 'partially_refunded', total: '29.99' },
      { refundId: mugs.body.id, amount: '6.66', paymentStatus: 'partially_refunded' },
      { refundId: rest.body.id, amount: '18.33', paymentStatus: 'refunded' },
    ]);
    expect((await shop.http.get('/api/sales/stats').set(customer.bearer).expect(200)).body.totalSpent).toBe('0.00');
  });

  it('share discount, tax and shipping out exactly, on credit notes that add up to the invoice', async () => {
    const lamp = await createProduct(shop.db, { price: 1_000n });
    const mug = await createProduct(shop.db, { price: 500n });
    const customer = await createCustomer(shop);
    const basket = [
      { productId: lamp.id, quantity: 3 },
      { productId: mug.id, quantity: 1 },
    ];
    const { body: sale } = await placeSale(shop, customer, basket).expect(201);
    // As a shop with promotions, tax and shipping would have priced it.
    await shop.db.query(
      'UPDATE sale_items SET discount = 100, tax = 551, tax_rate = 190000 WHERE sale_id = $1 AND product_id = $2',
      [sale.id, lamp.id],
    );
    await shop.db.query('UPDATE sale_items SET tax = 95, tax_rate = 190000 WHERE sale_id = $1 AND product_id = $2', [
      sale.id,
      mug.id,
    ]);
    await shop.db.query(
      `UPDATE sales SET discount = 100, tax = 741, shipping = 499, total = 3500 - 100 + 741 + 499, shipping_tax = 95,
         shipping_tax_rate = 190000 WHERE id = $1`,
      [sale.id],
    );
    await paySale(shop, customer, sale.id).expect(201);

    const wishes = [
      { items: [{ productId: lamp.id, quantity: 1 }] },
      { amount: '1.01' },
      { items: [{ productId: lamp.id, quantity: 2 }] },
      {},
    ];
    const made = [];
    for (const wish of wishes) made.push((await refund(sale.id, wish).expect(201)).body);
    // 29.00 and 5.51 by thirds, then by what is left of them; of the rest the mug and the shipping have it all.
    expect(made.map(({ amount }) => amount)).toEqual(['11.51', '1.01', '23.00', '10.88']);
    const read = async (id: string) =>
      (await shop.http.get(`/api/invoices/${id}`).set(customer.bearer).expect(200)).body as Record<string, string>;
    const invoice = await read((await shop.http.get(`/api/sales/${sale.id}`).set(customer.bearer)).body.invoiceId);
    const notes = await Promise.all(made.map(({ creditNoteId }) => read(creditNoteId)));
    const cents = (text: string | undefined): number => Number(text?.replace('.', ''));
    const sum = (field: string): number => notes.reduce((whole, note) => whole + cents(note[field]), 0);
    expect([sum('total'), sum('tax'), sum('shipping')]).toEqual([4_640, 741, 499]);
    expect(sum('subtotal') - sum('discount')).toBe(cents(invoice.subtotal) - cents(invoice.discount));
    expect(notes[0]).toMatchObject({
      subtotal: '10.00',
      discount: '0.33',
      shipping: '0.00',
      tax: '1.84',
      lines: [{ productId: lamp.id, unitPrice: '10.00', quantity: 1, discount: '0.33', tax: '1.84' }],
    });
  });

  it('say which field makes no sense, and change nothing', async () => {
    const product = await createProduct(shop.db);
    const { saleId } = await paidSale(shop, product.id);
    const item = { productId: product.id, quantity: 1 };
    const wrong: readonly [object, string][] = [
      [{ amount: '0.00' }, 'amount'],
      [{ amount: '1.001' }, 'amount'],
      [{ amount: -1 }, 'amount'],
      [{ amount: '1.00', items: [item] }, 'items'],
      [{ items: [] }, 'items'],
      [{ items: [{ ...item, quantity: 0 }] }, 'items.0.quantity'],
      [{ items: [item, { productId: randomUUID(), quantity: 1 }] }, 'items.1.productId'],
      [{ reason: undefined }, 'reason'],
      [{ reason: '' }, 'reason'],
      [{ currency: 'EUR' }, 'currency'],
    ];
    for (const [body, path] of wrong) {
      const refused = await refund(saleId, body).expect(400);
      expect([body, refused.body.errors[0].path]).toEqual([body, path]);
    }
    expect(await paymentStatus(saleId)).toBe('completed');
    expect((await refund(randomUUID(), {}).expect(404)).body.code).toBe('sale_not_found');
    await shop.http.get(`/api/admin/sales/${randomUUID()}/refunds`).set(staff.bearer).expect(404);
  });

  it('need something that was paid', async () => {
    const product = await createProduct(shop.db);
    const customer = await createCustomer(shop);
    const placed = await placeSale(shop, customer, [{ productId: product.id, quantity: 1 }]).expect(201);
    for (const body of [{}, { amount: '0.01' }, { items: [{ productId: product.id, quantity: 1 }] }]) {
      expect((await refund(placed.body.id, body).expect(409)).body.code).toBe('refund_exceeds_payment');
    }
  });

  it('happen once under one key, and answer alike', async () => {
    const product = await createProduct(shop.db);
    const { saleId } = await paidSale(shop, product.id, 5);
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => refund(saleId, { amount: '10.00' }, key)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(answers.map(({ text }) => JSON.stringify(JSON.parse(text)))).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({ amount: '10.00', reason: 'It came scratched.', status: 'completed' });
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(9);
    expect((await refund(saleId, { amount: '11.00' }, key).expect(422)).body.code).toBe('idempotency_key_reused');
    const { rows } = await shop.db.query('SELECT body FROM idempotency_keys WHERE key = $1', [key]);
    expect(rows[0].body).not.toContain('scratched');
  });

  it('of a cancelled sale give back what partial refunds have left', async () => {
    const product = await createProduct(shop.db, { stock: 4 });
    const { customer, saleId } = await paidSale(shop, product.id, 4);
    await refund(saleId, { items: [{ productId: product.id, quantity: 1 }] }).expect(201);
    const cancelled = await shop.http.post(`/api/sales/${saleId}/cancel`).set(customer.bearer).send({}).expect(200);
    expect(cancelled.body).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
    expect(await creditNotes(customer)).toMatchObject([{ total: '30.00' }, { total: '10.00' }]);
  });

  it('are pending while the provider fails, and caught up with, at most once', async () => {
    const product = await createProduct(shop.db);
    const { customer, saleId } = await paidSale(shop, product.id);
    const provider = shop.app.get(SandboxProvider, { strict: false });
    const asked = jest.spyOn(provider, 'refund').mockRejectedValueOnce(new Error('The provider is away.'));
    const made = await refund(saleId, { amount: '4.00' }).expect(201);
    expect(made.body).toMatchObject({ status: 'pending', creditNoteId: null });
    expect(await paymentStatus(saleId)).toBe('completed');
    expect(await creditNotes(customer)).toEqual([]);
    expect((await refund(saleId, { amount: '6.01' }).expect(409)).body.code).toBe('refund_exceeds_payment');

    const refunds = shop.app.get(SaleRefundsService, { strict: false });
    const catchUp = () => refunds.catchUp(new AbortController().signal);
    await catchUp();
    expect(asked).toHaveBeenCalledTimes(1);
    shop.clock.advance(61_000);
    await Promise.all([catchUp(), catchUp()]);
    await catchUp();
    expect(new Set(asked.mock.calls.map(([{ id, amount }]) => `${id} ${amount}`))).toEqual(
      new Set([`${made.body.id} 400`]),
    );
    const list = await shop.http.get(`/api/admin/sales/${saleId}/refunds`).set(staff.bearer).expect(200);
    expect(list.body.items).toMatchObject([{ status: 'completed', creditNoteId: expect.any(String) }]);
    expect(await creditNotes(customer)).toHaveLength(1);
  });

  it('tell of a provider that does not answer as pending', async () => {
    const product = await createProduct(shop.db);
    const { saleId } = await paidSale(shop, product.id);
    const provider = shop.app.get(SandboxProvider, { strict: false });
    const answered = new EventEmitter();
    jest.spyOn(provider, 'refund').mockImplementationOnce(async () => {
      await once(answered, 'at last');
      return { status: 'completed', reference: 'late' };
    });
    const made = await refund(saleId, {}).expect(201);
    expect(made.body.status).toBe('pending');
    shop.clock.advance(61_000);
    await shop.app.get(SaleRefundsService, { strict: false }).catchUp(new AbortController().signal);
    answered.emit('at last');
    expect(await paymentStatus(saleId)).toBe('refunded');
  });

  it('are finished by the repetition of a request that died with the provider', async () => {
    const product = await createProduct(shop.db);
    const { saleId } = await paidSale(shop, product.id);
    const refunds = shop.app.get(SaleRefundsService, { strict: false });
    jest.spyOn(refunds, 'carryOut').mockRejectedValueOnce(new Error('The process died here.'));
    const key = randomUUID();
    await refund(saleId, {}, key).expect(500);
    const repeated = await refund(saleId, {}, key).expect(201);
    expect(repeated.body).toMatchObject({ amount: '10.00', status: 'completed' });
    const { rows } = await shop.db.query('SELECT count(*)::int AS refunds FROM refunds WHERE sale_id = $1', [saleId]);
    expect(rows).toEqual([{ refunds: 1 }]);
  });

  it('hold no transaction open while the provider is asked', async () => {
    const product = await createProduct(shop.db);
    const { saleId } = await paidSale(shop, product.id);
    const provider = shop.app.get(SandboxProvider, { strict: false });
    const uow = shop.app.get(UnitOfWork, { strict: false });
    const seen: unknown[] = [];
    jest.spyOn(provider, 'refund').mockImplementationOnce(async ({ id }) => {
      const { rows } = await shop.db.query(
        `SELECT count(*)::int AS open FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'tradepost' AND state LIKE 'idle in transaction%'`,
      );
      seen.push(uow.active, rows);
      return { status: 'completed', reference: `seen_${id}` };
    });
    await refund(saleId, {}).expect(201);
    expect(seen).toEqual([false, [{ open: 0 }]]);
  });

  it('are read by all staff and made by those who may', async () => {
    const product = await createProduct(shop.db);
    const { saleId } = await paidSale(shop, product.id);
    const support = await createCustomer(shop, 'support');
    const send = () => shop.http.post(`/api/admin/sales/${saleId}/refunds`).set(support.bearer);
    await send().send({ reason: 'Please' }).expect(403);
    const list = await shop.http.get(`/api/admin/sales/${saleId}/refunds`).set(support.bearer).expect(200);
    expect(list.body).toEqual({ items: [], page: 1, perPage: 20, total: 0, nextCursor: null });
  });
});
