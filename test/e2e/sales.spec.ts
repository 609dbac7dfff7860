import { randomUUID } from 'node:crypto';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, addToCart, paidSale, paySale, placeSale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';

describe('sales', () => {
  let shop: TestApp;
  let customer: TestUser;

  beforeAll(async () => {
    shop = await startApp();
  });
  afterEach(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
  afterAll(() => shop.close());
  beforeEach(async () => {
    customer = await createCustomer(shop);
  });

  const stockOf = async (productId: string): Promise<number> =>
    (await shop.http.get(`/api/products/${productId}`).expect(200)).body.stock;

  it('checks a cart out, empties it and holds its stock', async () => {
    const first = await createProduct(shop.db, { price: 1_999n, stock: 5 });
    const second = await createProduct(shop.db, { price: 1n, stock: 9 });
    await addToCart(shop, customer, first.id, 2).expect(200);
    await addToCart(shop, customer, second.id, 3).expect(200);
    const placed = await placeSale(shop, customer, undefined).expect(201);
    expect(placed.headers.location).toBe(`/api/sales/${placed.body.id}`);
    expect(placed.body).toMatchObject({
      status: 'pending',
      paymentStatus: 'pending',
      currency: 'USD',
      items: [
        { productId: first.id, sku: first.sku, unitPrice: '19.99', quantity: 2, lineTotal: '39.98' },
        { productId: second.id, unitPrice: '0.01', quantity: 3, lineTotal: '0.03' },
      ],
      subtotal: '40.01',
      discount: '0.00',
      shipping: '0.00',
      tax: '0.00',
      total: '40.01',
      couponCode: null,
      invoiceId: null,
      deliveryAddress: { ...ADDRESS, line2: null },
    });
    expect(Date.parse(placed.body.expiresAt) - Date.parse(placed.body.placedAt)).toBe(15 * 60_000);
    const cart = await shop.http.get('/api/cart').set(customer.bearer).expect(200);
    expect(cart.body).toMatchObject({ items: [], itemCount: 0, total: '0.00' });
    expect(await stockOf(first.id)).toBe(3);
    expect(await stockOf(second.id)).toBe(6);
    const read = await shop.http.get(`/api/sales/${placed.body.id}`).set(customer.bearer).expect(200);
    expect(read.body).toEqual(placed.body);
  });

  it('sells a list of items without touching the cart, one line a product', async () => {
    const product = await createProduct(shop.db, { stock: 10 });
    await addToCart(shop, customer, product.id, 1).expect(200);
    const twice = [
      { productId: product.id, quantity: 2 },
      { productId: product.id.toUpperCase(), quantity: 3 },
    ];
    const placed = await placeSale(shop, customer, twice).expect(201);
    expect(placed.body.items).toMatchObject([{ quantity: 5, lineTotal: '50.00' }]);
    const cart = await shop.http.get('/api/cart').set(customer.bearer).expect(200);
    expect(cart.body.itemCount).toBe(1);
  });

  it('confirms a paid sale and issues its invoice', async () => {
    const product = await createProduct(shop.db, { price: 2_500n });
    const { customer: buyer, saleId } = await paidSale(shop, product.id, 2);
    const sale = await shop.http.get(`/api/sales/${saleId}`).set(buyer.bearer).expect(200);
    expect(sale.body).toMatchObject({ status: 'confirmed', paymentStatus: 'completed', expiresAt: null });
    const invoice = await shop.http.get(`/api/invoices/${sale.body.invoiceId}`).set(buyer.bearer).expect(200);
    expect(invoice.body).toMatchObject({
      kind: 'invoice',
      saleId,
      saleNumber: sale.body.number,
      total: '50.00',
      buyer: { name: ADDRESS.recipient, country: 'GB', email: buyer.email },
      lines: [{ sku: product.sku, quantity: 2, lineTotal: '50.00' }],
    });
    expect(invoice.body.number).toMatch(/^INV-\d{4}-\d{6}$/);
    const stats = await shop.http.get('/api/sales/stats').set(buyer.bearer).expect(200);
    const expected = { totalSales: 1, totalSpent: '50.00', pendingSales: 0, completedSales: 1, currency: 'USD' };
    expect(stats.body).toEqual(expected);
  });

  it('pays at once where the request says so, and repeats that answer', async () => {
    const product = await createProduct(shop.db);
    const body = {
      items: [{ productId: product.id, quantity: 1 }],
      deliveryAddress: ADDRESS,
      payment: { provider: 'sandbox', method: 'ok' },
    };
    const key = { 'Idempotency-Key': randomUUID() };
    const placed = await shop.http.post('/api/sales').set(customer.bearer).set(key).send(body).expect(201);
    expect(placed.body).toMatchObject({ status: 'confirmed', paymentStatus: 'completed' });
    const again = await shop.http.post('/api/sales').set(customer.bearer).set(key).send(body).expect(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(placed.body);
  });

  it('keeps a declined sale payable, and a pending one closed to a second payment', async () => {
    const product = await createProduct(shop.db);
    const placed = await placeSale(shop, customer, [{ productId: product.id, quantity: 1 }]).expect(201);
    const declined = await paySale(shop, customer, placed.body.id, 'declined').expect(201);
    expect(declined.body).toMatchObject({ status: 'failed', failureCode: 'card_declined', saleStatus: 'pending' });
    const open = await paySale(shop, customer, placed.body.id, 'pending').expect(201);
    expect(open.body.status).toBe('pending');
    const refused = await paySale(shop, customer, placed.body.id).expect(409);
    expect(refused.body.code).toBe('payment_in_progress');
  });

  it('pays a sale once, under the same key or another', async () => {
    const product = await createProduct(shop.db);
    const placed = await placeSale(shop, customer, [{ productId: product.id, quantity: 1 }]).expect(201);
    const key = randomUUID();
    const attempts = await Promise.all(
      Array.from({ length: 10 }, () =>
        shop.http
          .post(`/api/sales/${placed.body.id}/payments`)
          .set(customer.bearer)
          .set('Idempotency-Key', key)
          .send({ provider: 'sandbox', method: 'ok' }),
      ),
    );
    expect(new Set(attempts.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(attempts.every((answer) => answer.status === 201)).toBe(true);
    const refused = await paySale(shop, customer, placed.body.id).expect(409);
    expect(refused.body.code).toBe('already_paid');
  });

  it('gives stock and money back when a sale is cancelled, with a credit note', async () => {
    const product = await createProduct(shop.db, { stock: 4 });
    const { customer: buyer, saleId } = await paidSale(shop, product.id, 3);
    expect(await stockOf(product.id)).toBe(1);
    const key = { 'Idempotency-Key': randomUUID() };
    const cancel = () => shop.http.post(`/api/sales/${saleId}/cancel`).set(buyer.bearer).set(key).send({});
    const cancelled = await cancel().expect(200);
    expect(cancelled.body).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
    expect((await cancel().expect(200)).body).toEqual(cancelled.body);
    expect(await stockOf(product.id)).toBe(4);
    const invoices = await shop.http.get('/api/invoices').set(buyer.bearer).expect(200);
    expect(invoices.body.items.map((invoice: { kind: string }) => invoice.kind)).toEqual(['credit_note', 'invoice']);
    const again = await shop.http.post(`/api/sales/${saleId}/cancel`).set(buyer.bearer).expect(409);
    expect(again.body.code).toBe('invalid_transition');
  });

  it('cancels an unpaid sale when its reservation has run out', async () => {
    const product = await createProduct(shop.db, { stock: 2 });
    const placed = await placeSale(shop, customer, [{ productId: product.id, quantity: 2 }]).expect(201);
    shop.clock.advance(15 * 60_000 + 1_000);
    expect((await paySale(shop, customer, placed.body.id).expect(409)).body.code).toBe('invalid_transition');
    await eventually(async () => {
      const { rows } = await shop.db.query('SELECT status FROM sales WHERE id = $1', [placed.body.id]);
      expect(rows).toEqual([{ status: 'cancelled' }]);
    });
    expect(await stockOf(product.id)).toBe(2);
  });

  it('walks a sale through its states and no other way', async () => {
    const staff = await createCustomer(shop, 'manager');
    const product = await createProduct(shop.db, { stock: 3 });
    const { customer: buyer, saleId } = await paidSale(shop, product.id);
    const change = (body: object) => shop.http.patch(`/api/admin/sales/${saleId}/status`).set(staff.bearer).send(body);
    expect((await change({ status: 'delivered' }).expect(409)).body.code).toBe('invalid_transition');
    const parcel = { carrier: 'DHL', trackingNumber: 'JD 0002' };
    await change({ status: 'shipped', ...parcel, note: 'On its way' }).expect(200);
    await shop.http.post(`/api/sales/${saleId}/cancel`).set(buyer.bearer).expect(409);
    const tracking = await shop.http.get(`/api/sales/${saleId}/tracking`).set(buyer.bearer).expect(200);
    expect(tracking.body).toMatchObject({ status: 'shipped', ...parcel });
    expect(tracking.body.trackingUrl).toContain('JD%200002');
    const steps = tracking.body.history.map((entry: { status: string; note: string | null }) => [
      entry.status,
      entry.note,
    ]);
    expect(steps).toEqual([
      ['pending', null],
      ['confirmed', null],
      ['shipped', 'On its way'],
    ]);
    await change({ status: 'delivered' }).expect(200);
    const returned = await change({ status: 'returned' }).expect(200);
    expect(returned.body).toMatchObject({ status: 'returned', userId: buyer.id });
    expect(await stockOf(product.id)).toBe(3);
    await change({ status: 'confirmed' }).expect(409);
  });

  it('lets staff confirm a sale that was paid by other means, with an invoice', async () => {
    const staff = await createCustomer(shop, 'admin');
    const product = await createProduct(shop.db);
    const placed = await placeSale(shop, customer, [{ productId: product.id, quantity: 1 }]).expect(201);
    const confirmed = await shop.http
      .patch(`/api/admin/sales/${placed.body.id}/status`)
      .set(staff.bearer)
      .send({ status: 'confirmed' })
      .expect(200);
    expect(confirmed.body).toMatchObject({ status: 'confirmed', paymentStatus: 'completed' });
    expect(confirmed.body.invoiceId).not.toBeNull();
  });

  it('names each item that cannot be had, by its place in the request, and writes nothing', async () => {
    const [plenty, rare, none] = await Promise.all([9, 1, 0].map((stock) => createProduct(shop.db, { stock })));
    const one = (product = plenty) => ({ productId: product?.id ?? '', quantity: 1 });
    const items = [
      one(),
      one(),
      one(rare),
      one(),
      { ...one(rare), productId: rare?.id.toUpperCase() ?? '' },
      one(none),
    ];
    const written = async () => {
      const tables = ['sales', 'sale_items', 'sale_history', 'stock_movements', 'outbox_events', 'idempotency_keys'];
      const counts = tables.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`);
      return (await shop.db.query(`SELECT ${counts.join(', ')}, nextval('sale_number_seq') - 1 AS number`)).rows;
    };
    const before = await written();
    const key = { 'Idempotency-Key': randomUUID() };
    const { body } = await placeSale(shop, customer, items, key).expect(409);
    expect(body).toMatchObject({
      code: 'insufficient_stock',
      errors: [
        { path: 'items.2.quantity', productId: rare?.id, requested: 2, available: 1 },
        { path: 'items.5.quantity', productId: none?.id, requested: 1, available: 0 },
      ],
    });
    expect(await written()).toEqual([{ ...before[0], number: String(Number(before[0].number) + 1) }]);
    await shop.db.query('UPDATE products SET active = false WHERE id = $1', [none?.id]);
    const gone = await placeSale(shop, customer, items).expect(404);
    expect(gone.body.errors).toMatchObject([{ path: 'items.5.productId' }]);
    for (const product of [rare, plenty, none]) {
      await shop.db.query(
        `WITH c AS (INSERT INTO carts (id, user_id, version, created_at, updated_at)
           VALUES (gen_random_uuid(), $1, 1, now(), now())
           ON CONFLICT (user_id) DO UPDATE SET version = carts.version + 1 RETURNING id)
         INSERT INTO cart_items (cart_id, product_id, quantity, unit_price, added_at)
         SELECT id, $2, 2, 1, clock_timestamp() FROM c`,
        [customer.id, product?.id],
      );
    }
    const ofCart = await placeSale(shop, customer, undefined).expect(404);
    expect(ofCart.body.errors).toMatchObject([{ path: 'items.2.productId' }]);
    await shop.http.delete(`/api/cart/items/${none?.id}`).set(customer.bearer).expect(200);
    const short = await placeSale(shop, customer, undefined).expect(409);
    expect(short.body.errors).toMatchObject([{ path: 'items.0.quantity', requested: 2, available: 1 }]);
  });

  it('lists to staff those of a status and of a time', async () => {
    const staff = await createCustomer(shop, 'support');
    const product = await createProduct(shop.db);
    const items = [{ productId: product.id, quantity: 1 }];
    const [first, second, third] = [
      await placeSale(shop, customer, items).expect(201),
      await placeSale(shop, customer, items).expect(201),
      await placeSale(shop, customer, items).expect(201),
    ].map(({ body }) => body);
    await paySale(shop, customer, second.id).expect(201);
    const found = async (query: object) => {
      const { body } = await shop.http
        .get('/api/admin/sales')
        .query({ userId: customer.id, ...query })
        .set(staff.bearer)
        .expect(200);
      expect(body.total).toBe(body.items.length);
      return body.items.map(({ id }: { id: string }) => id);
    };
    expect(await found({ status: 'confirmed' })).toEqual([second.id]);
    expect(await found({ status: 'pending' })).toEqual([third.id, first.id]);
    expect(await found({ from: second.placedAt })).toEqual([third.id, second.id]);
    expect(await found({ to: second.placedAt })).toEqual([first.id]);
    expect(await found({ from: second.placedAt, to: third.placedAt })).toEqual([second.id]);
    expect(await found({ from: second.placedAt, status: 'pending' })).toEqual([third.id]);
  });

  it('lists the own sales to customers and all to staff, by page and by cursor', async () => {
    const staff = await createCustomer(shop, 'support');
    const product = await createProduct(shop.db);
    const items = [{ productId: product.id, quantity: 1 }];
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) ids.unshift((await placeSale(shop, customer, items).expect(201)).body.id);
    const list = await shop.http.get('/api/sales?perPage=2').set(customer.bearer).expect(200);
    expect(list.body).toMatchObject({ page: 1, perPage: 2, total: 3 });
    expect(list.body.items.map((sale: { id: string }) => sale.id)).toEqual(ids.slice(0, 2));
    expect(list.headers.link).toContain('rel="next"');
    const keyset = await shop.http.get('/api/sales?perPage=2&cursor=').set(customer.bearer).expect(200);
    expect(keyset.body).not.toHaveProperty('total');
    const rest = await shop.http
      .get(`/api/sales?perPage=2&cursor=${keyset.body.nextCursor}`)
      .set(customer.bearer)
      .expect(200);
    expect(rest.body.items.map((sale: { id: string }) => sale.id)).toEqual(ids.slice(2));
    expect(rest.body.nextCursor).toBeNull();
    const all = await shop.http.get(`/api/admin/sales?userId=${customer.id}`).set(staff.bearer).expect(200);
    expect(all.body).toMatchObject({ total: 3, items: [{ userId: customer.id, email: customer.email }, {}, {}] });
    const number = list.body.items[0].number;
    const found = await shop.http.get(`/api/admin/sales?q=${number}`).set(staff.bearer).expect(200);
    expect(found.body).toMatchObject({ total: 1, items: [{ number }] });
    await shop.http.get('/api/admin/sales').set(customer.bearer).expect(403);
    await shop.http.get('/api/sales?page=600&perPage=20').set(customer.bearer).expect(400);
  });

  it('answers for another’s sale as for one that does not exist', async () => {
    const product = await createProduct(shop.db);
    const placed = await placeSale(shop, customer, [{ productId: product.id, quantity: 1 }]).expect(201);
    const stranger = await createCustomer(shop);
    for (const path of ['', '/tracking']) {
      const others = await shop.http.get(`/api/sales/${placed.body.id}${path}`).set(stranger.bearer).expect(404);
      const missing = await shop.http.get(`/api/sales/${randomUUID()}${path}`).set(stranger.bearer).expect(404);
      expect(others.body.code).toBe('sale_not_found');
      expect({ ...others.body, instance: '', requestId: '' }).toEqual({ ...missing.body, instance: '', requestId: '' });
    }
    expect((await paySale(shop, stranger, placed.body.id).expect(404)).body.code).toBe('sale_not_found');
    await shop.http.post(`/api/sales/${placed.body.id}/cancel`).set(stranger.bearer).expect(404);
  });

  it('sells to a guest who holds a cart token and gives an email', async () => {
    const product = await createProduct(shop.db);
    const added = await shop.http.post('/api/cart/items').send({ productId: product.id, quantity: 2 });
    const guest = { 'Cart-Token': added.headers['cart-token'] as string };
    const unnamed = await shop.http.post('/api/sales').set(guest).send({ deliveryAddress: ADDRESS }).expect(400);
    expect(unnamed.body.errors[0].path).toBe('email');
    const body = { deliveryAddress: ADDRESS, email: 'guest@example.com' };
    const placed = await shop.http.post('/api/sales').set(guest).send(body).expect(201);
    const payment = { provider: 'sandbox', method: 'ok' };
    await shop.http.post(`/api/sales/${placed.body.id}/payments`).set(guest).send(payment).expect(201);
    const read = await shop.http.get(`/api/sales/${placed.body.id}`).set(guest).expect(200);
    expect(read.body).toMatchObject({ status: 'confirmed', total: '20.00' });
    await shop.http.get(`/api/sales/${placed.body.id}`).set(customer.bearer).expect(404);
    await shop.http.post('/api/sales').send(body).expect(401);
  });

  it('delivers to the default address where none is named', async () => {
    const product = await createProduct(shop.db);
    const items = [{ productId: product.id, quantity: 1 }];
    const without = await shop.http.post('/api/sales').set(customer.bearer).send({ items }).expect(400);
    expect(without.body.errors[0].path).toBe('deliveryAddress');
    await shop.http
      .post('/api/delivery-addresses')
      .set(customer.bearer)
      .send({ ...ADDRESS, city: 'York' })
      .expect(201);
    const placed = await shop.http.post('/api/sales').set(customer.bearer).send({ items }).expect(201);
    expect(placed.body.deliveryAddress.city).toBe('York');
    const stranger = await createCustomer(shop);
    const theirs = await shop.http.get('/api/delivery-addresses').set(customer.bearer).expect(200);
    const body = { items, deliveryAddressId: theirs.body.items[0].id };
    const refused = await shop.http.post('/api/sales').set(stranger.bearer).send(body).expect(404);
    expect(refused.body.code).toBe('delivery_address_not_found');
  });

  it.each([
    [
      'a price from the client',
      { items: [{ productId: randomUUID(), quantity: 1, unitPrice: '0.01' }] },
      'items.0.unitPrice',
    ],
    ['a total from the client', { total: '0.01' }, 'total'],
    ['a quantity as text', { items: [{ productId: randomUUID(), quantity: '3' }] }, 'items.0.quantity'],
    ['a quantity of 0', { items: [{ productId: randomUUID(), quantity: 0 }] }, 'items.0.quantity'],
    ['half a unit', { items: [{ productId: randomUUID(), quantity: 1.5 }] }, 'items.0.quantity'],
    ['no items', { items: [] }, 'items'],
    ['items that are no list', { items: { productId: randomUUID() } }, 'items'],
    ['a provider that is not one', { payment: { provider: 'cash', method: 'ok' } }, 'payment.provider'],
    ['a method that is not one', { payment: { provider: 'sandbox', method: 'free' } }, 'payment.method'],
    ['a country that is not one', { deliveryAddress: { ...ADDRESS, country: 'ZZ' } }, 'deliveryAddress.country'],
  ])('refuses %s', async (_, body, path) => {
    const refused = await shop.http
      .post('/api/sales')
      .set(customer.bearer)
      .send({ deliveryAddress: ADDRESS, ...body })
      .expect(400);
    expect(refused.body.errors[0].path).toBe(path);
  });

  it('refuses what is not for sale, and an empty cart', async () => {
    const archived = await createProduct(shop.db, { archivedAt: new Date() });
    const gone = await placeSale(shop, customer, [{ productId: archived.id, quantity: 1 }]).expect(404);
    expect(gone.body).toMatchObject({ code: 'product_not_found', errors: [{ path: 'items.0.productId' }] });
    const empty = await placeSale(shop, customer, undefined).expect(400);
    expect(empty.body.code).toBe('cart_empty');
  });

  it('refuses an idempotency key that stood for another request', async () => {
    const product = await createProduct(shop.db);
    const key = { 'Idempotency-Key': randomUUID() };
    await placeSale(shop, customer, [{ productId: product.id, quantity: 1 }], key).expect(201);
    const reused = await placeSale(shop, customer, [{ productId: product.id, quantity: 2 }], key).expect(422);
    expect(reused.body.code).toBe('idempotency_key_reused');
  });
});
