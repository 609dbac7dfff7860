import { randomUUID } from 'node:crypto';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, paySale, placeSale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';

describe('sales that staff draft and edit', () => {
  let shop: TestApp;
  let replica: TestApp;
  let staff: TestUser;
  let customer: TestUser;
  let mug: string;
  let lamp: string;

  beforeAll(async () => {
    shop = await startApp({ WORKER: 'off' });
    replica = await startApp({ WORKER: 'off' }, shop);
    staff = await createCustomer(shop, 'manager');
  });
  beforeEach(async () => {
    customer = await createCustomer(shop);
    mug = (await createProduct(shop.db, { price: 1_000n, stock: 10 })).id;
    lamp = (await createProduct(shop.db, { price: 2_500n, stock: 10 })).id;
  });
  afterEach(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const draft = (body: object, at = shop) => at.http.post('/api/admin/sales').set(staff.bearer).send(body);
  const edit = (id: string, body: object, at = shop) =>
    at.http.patch(`/api/admin/sales/${id}`).set(staff.bearer).send(body);
  const pieces = (productId: string, quantity: number) => [{ productId, quantity }];
  const stock = async (id: string): Promise<number> => (await shop.http.get(`/api/products/${id}`)).body.stock;
  const ledger = async (saleId: string): Promise<unknown[]> => {
    const text = `SELECT product_id, delta, reason, actor_id FROM stock_movements WHERE sale_id = $1 ORDER BY position`;
    return (await shop.db.query(text, [saleId])).rows;
  };
  const drafted = async (quantity = 2, more: object = {}) =>
    (await draft({ userId: customer.id, items: pieces(mug, quantity), deliveryAddress: ADDRESS, ...more }).expect(201))
      .body;
  const coupon = async (terms: object): Promise<string> => {
    const code = `C${randomUUID().slice(0, 8).toUpperCase()}`;
    const promotion = { name: 'Ten', code, type: 'percentage', percentage: 10, ...terms };
    await shop.http.post('/api/admin/promotions').set(staff.bearer).send(promotion).expect(201);
    return code;
  };

  it('are the customer’s to see and to pay, and hold their stock until then', async () => {
    const made = await draft({
      userId: customer.id,
      items: pieces(mug, 2),
      deliveryAddress: ADDRESS,
      note: 'As agreed.',
    }).expect(201);
    const { body } = made;
    expect(made.headers.location).toBe(`/api/admin/sales/${body.id}`);
    expect(body).toMatchObject({ status: 'pending', userId: customer.id, email: customer.email, total: '20.00' });
    const hours = (Date.parse(body.expiresAt) - Date.parse(body.placedAt)) / 3_600_000;
    expect(hours).toBeCloseTo(shop.config.DRAFT_HOURS, 2);
    expect(await stock(mug)).toBe(8);
    const tracking = await shop.http.get(`/api/sales/${body.id}/tracking`).set(customer.bearer).expect(200);
    expect(tracking.body.history).toMatchObject([{ status: 'pending', note: null }]);
    const history = await shop.http.get(`/api/admin/sales/${body.id}/history`).set(staff.bearer).expect(200);
    expect(history.body.items).toMatchObject([
      { from: null, actor: staff.id },
      { from: 'pending', status: 'pending', actor: staff.id, note: 'As agreed.' },
    ]);
    expect((await paySale(shop, customer, body.id).expect(201)).body).toMatchObject({ amount: '20.00' });
  });

  it('are for an account by its confirmed address, or for somebody without one', async () => {
    const terms = { items: pieces(mug, 1), deliveryAddress: ADDRESS };
    const strange = await draft({ email: customer.email, ...terms }).expect(201);
    expect(strange.body).toMatchObject({ userId: null, email: customer.email });
    await shop.http.get(`/api/sales/${strange.body.id}`).set(customer.bearer).expect(404);
    await shop.db.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [customer.id]);
    const own = await draft({ email: customer.email.toUpperCase(), ...terms }).expect(201);
    expect(own.body.userId).toBe(customer.id);
    const guest = await draft({ email: `${randomUUID()}@example.com`, ...terms }).expect(201);
    const confirm = { status: 'confirmed' };
    await shop.http.patch(`/api/admin/sales/${guest.body.id}/status`).set(staff.bearer).send(confirm).expect(200);
  });

  it.each([
    [{}, 'userId'],
    [{ userId: randomUUID(), email: 'ada@example.com' }, 'userId'],
    [{ email: 'ada@example.com', expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ email: 'ada@example.com', expiresAt: '2099-01-01T00:00:00Z' }, 'expiresAt'],
    [{ email: 'ada@example.com', deliveryAddressId: randomUUID() }, 'deliveryAddressId'],
    [{ email: 'ada@example.com', deliveryAddress: undefined }, 'deliveryAddress'],
    [{ email: 'ada@example.com', items: [] }, 'items'],
    [{ email: 'ada@example.com', total: '1.00' }, 'total'],
  ])('refuse %j, naming %s', async (body, path) => {
    const answer = await draft({ items: pieces(mug, 1), deliveryAddress: ADDRESS, ...body }).expect(400);
    expect(answer.body.errors).toMatchObject([{ path }]);
    expect(await stock(mug)).toBe(10);
  });

  it('are refused for nobody, and beyond what there is', async () => {
    const terms = { items: pieces(mug, 11), deliveryAddress: ADDRESS };
    expect((await draft({ userId: randomUUID(), ...terms }).expect(404)).body.code).toBe('user_not_found');
    const short = await draft({ userId: customer.id, ...terms }).expect(409);
    expect(short.body).toMatchObject({ code: 'insufficient_stock', errors: [{ path: 'items.0.quantity' }] });
    expect(await stock(mug)).toBe(10);
  });

  it('are drafted once under one key, and the record tells nothing of the customer', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const body = { userId: customer.id, items: pieces(mug, 1), deliveryAddress: ADDRESS };
    const first = await draft(body).set(key).expect(201);
    const again = await draft(body, replica).set(key).expect(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await stock(mug)).toBe(9);
    const { rows } = await shop.db.query('SELECT body FROM idempotency_keys WHERE key = $1', [key['Idempotency-Key']]);
    expect(rows[0].body).not.toContain(customer.email);
  });

  it('are priced and reserved anew, with the ledger telling each difference', async () => {
    const { id } = await drafted(2);
    await shop.db.query('UPDATE products SET price = 1200 WHERE id = $1', [mug]);
    const items = [...pieces(mug, 5), ...pieces(lamp, 1)];
    const { body } = await edit(id, { items, note: 'More.' }).expect(200);
    expect(body).toMatchObject({ status: 'pending', subtotal: '85.00', total: '85.00' });
    expect(body.items).toMatchObject([{ productId: mug, quantity: 5, unitPrice: '12.00' }, { productId: lamp }]);
    expect([await stock(mug), await stock(lamp)]).toEqual([5, 9]);
    await edit(id, { items: pieces(lamp, 3) }).expect(200);
    expect([await stock(mug), await stock(lamp)]).toEqual([10, 7]);
    const sold = { reason: 'sale', actor_id: staff.id };
    expect(await ledger(id)).toEqual([
      { product_id: mug, delta: -2, reason: 'sale', actor_id: null },
      expect.objectContaining(sold),
      expect.objectContaining(sold),
      expect.objectContaining(sold),
      expect.objectContaining(sold),
    ]);
    expect((await paySale(shop, customer, id).expect(201)).body.amount).toBe('75.00');
    const cancelled = await shop.http.post(`/api/sales/${id}/cancel`).set(customer.bearer).send({}).expect(200);
    expect(cancelled.body.paymentStatus).toBe('refunded');
    expect([await stock(mug), await stock(lamp)]).toEqual([10, 10]);
  });

  it('change nothing where the stock does not suffice, what they hold counting as there', async () => {
    const { id, total } = await drafted(8);
    const answer = await edit(id, { items: [...pieces(mug, 11), ...pieces(lamp, 1)] }).expect(409);
    expect(answer.body.errors).toMatchObject([{ path: 'items.0.quantity', requested: 11, available: 10 }]);
    const twice = [...pieces(mug, 1), ...pieces(mug, 1), ...pieces(lamp, 11)];
    const named = await edit(id, { items: twice }).expect(409);
    expect(named.body.errors).toMatchObject([{ path: 'items.2.quantity', requested: 11, available: 10 }]);
    const { body } = await shop.http.get(`/api/admin/sales/${id}`).set(staff.bearer).expect(200);
    expect(body).toMatchObject({ total, items: [{ quantity: 8 }] });
    expect([await stock(mug), await stock(lamp)]).toEqual([2, 10]);
    await edit(id, { items: pieces(mug, 10) }).expect(200);
    expect(await stock(mug)).toBe(0);
  });

  it('keep what is no longer for sale as far as they hold it', async () => {
    const { id } = await drafted(2);
    await shop.http.delete(`/api/products/${mug}`).set(staff.bearer).expect(204);
    expect((await edit(id, { items: pieces(mug, 3) }).expect(404)).body.code).toBe('product_not_found');
    await edit(id, { items: [...pieces(mug, 1), ...pieces(lamp, 1)] }).expect(200);
  });

  it('take a coupon, keep it and give it up, with its uses counted', async () => {
    const code = await coupon({ usageLimit: 1, perCustomerLimit: 1 });
    const { id, discount } = await drafted(2, { couponCode: code });
    expect(discount).toBe('2.00');
    const kept = await edit(id, { items: pieces(mug, 4) }).expect(200);
    expect(kept.body).toMatchObject({ discount: '4.00', couponCode: code });
    const dropped = await edit(id, { couponCode: null }).expect(200);
    expect(dropped.body).toMatchObject({ discount: '0.00', couponCode: null, total: '40.00' });
    const other = await drafted(1, { couponCode: code });
    expect(other.discount).toBe('1.00');
    expect((await edit(id, { couponCode: code }).expect(409)).body.code).toBe('coupon_used_up');
    expect((await edit(id, { couponCode: 'NOSUCH' })).status).toBe(404);
    const moved = { ...ADDRESS, city: 'Leeds' };
    const { body } = await edit(id, { deliveryAddress: moved }).expect(200);
    expect(body).toMatchObject({ total: '40.00', deliveryAddress: { city: 'Leeds' } });
  });

  it('are shipped and taxed as the country asks to which they go', async () => {
    const make = (path: string, body: object) => shop.http.post(path).set(staff.bearer).send(body).expect(201);
    await make('/api/admin/tax-rates', { country: 'FR', rate: '20' });
    const kinds = { name: 'Post', kind: 'flat', countries: ['GB', 'FR'] };
    await make('/api/admin/shipping-methods', { ...kinds, code: 'post', price: '3.00', sortOrder: 1 });
    await make('/api/admin/shipping-methods', { ...kinds, code: 'fast', price: '9.00', sortOrder: 2 });
    const { id } = await drafted(2, { deliveryAddress: { ...ADDRESS, country: 'GB' }, shippingMethod: 'fast' });
    const abroad = { ...ADDRESS, country: 'FR' };
    const moved = await edit(id, { deliveryAddress: abroad }).expect(200);
    expect(moved.body).toMatchObject({ subtotal: '20.00', shipping: '9.00', tax: '5.80', total: '34.80' });
    expect(moved.body.items).toMatchObject([{ tax: '4.00' }]);
    const slower = await edit(id, { shippingMethod: 'post', items: pieces(mug, 1) }).expect(200);
    expect(slower.body).toMatchObject({ subtotal: '10.00', shipping: '3.00', tax: '2.60', total: '15.60' });
    const refused = await edit(id, { shippingMethod: 'pigeon' });
    expect([refused.status, refused.body.code]).toEqual([400, 'shipping_method_unavailable']);
    await shop.db.query('TRUNCATE tax_rates; DELETE FROM shipping_methods');
    const { rows } = await shop.db.query(
      `SELECT i.tax_rate, i.tax::text, s.shipping_method FROM sale_items i JOIN sales s ON s.id = i.sale_id WHERE s.id = $1`,
      [id],
    );
    expect(rows).toEqual([{ tax_rate: 200_000, tax: '200', shipping_method: 'post' }]);
  });

  it('can be edited until a payment is open, and while they have not run out', async () => {
    const { id } = await drafted(1);
    await edit(id, {}).expect(400);
    await paySale(shop, customer, id, 'declined').expect(201);
    await edit(id, { items: pieces(mug, 2) }).expect(200);
    await paySale(shop, customer, id, 'pending').expect(201);
    expect((await edit(id, { items: pieces(mug, 1) }).expect(409)).body.code).toBe('payment_in_progress');
    const paid = await drafted(1);
    await paySale(shop, customer, paid.id).expect(201);
    expect((await edit(paid.id, { note: 'Late.' }).expect(409)).body.code).toBe('invalid_transition');
    const old = await placeSale(shop, customer, pieces(mug, 1)).expect(201);
    const later = new Date(Date.now() + 3_600_000).toISOString();
    expect((await edit(old.body.id, { expiresAt: later }).expect(200)).body.expiresAt).toBe(later);
    await shop.db.query(`UPDATE sales SET expires_at = now() - interval '1 s' WHERE id = $1`, [old.body.id]);
    expect((await edit(old.body.id, { items: pieces(mug, 2) }).expect(409)).body.code).toBe('invalid_transition');
    expect((await edit(randomUUID(), { note: 'x' }).expect(404)).body.code).toBe('sale_not_found');
  });

  it('edited, paid and bought beside by many at once never sell more than there is', async () => {
    const sales = await Promise.all([drafted(1), drafted(1), drafted(1)]);
    const acts = Array.from({ length: 24 }, (_, n) => {
      const at = n % 2 ? replica : shop;
      const id = sales[n % 3]?.id ?? '';
      if (n % 8 === 7) return paySale(at, customer, id);
      if (n % 5 === 4) return placeSale(at, customer, [...pieces(lamp, 1), ...pieces(mug, 2)]);
      return edit(
        id,
        {
          items:
            n % 4 === 0
              ? [...pieces(lamp, n % 3), ...pieces(mug, 4)].filter(({ quantity }) => quantity)
              : pieces(mug, 1 + (n % 6)),
        },
        at,
      );
    });
    for (const { status, body } of await Promise.all(acts)) {
      expect({ status, body: status < 500 || body }).toEqual({ status, body: true });
    }
    const { rows } = await shop.db.query('SELECT min(stock) AS least FROM products');
    expect(rows[0].least).toBeGreaterThanOrEqual(0);
  });
});
