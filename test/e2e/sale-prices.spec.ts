import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { pricingAt, regularPriceOf, salePriceOf } from '../../src/modules/products/prices/sale-price.js';
import { PricesApi } from '../../src/modules/products/prices.api.js';
import { ProductsService } from '../../src/modules/products/products.service.js';
import { JobRegistry } from '../../src/platform/jobs/job-registry.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { startApp, type TestApp } from '../support/app.js';
import { addToCart, placeSale } from '../support/buying.js';
import { runs } from '../support/runs.js';

const HOUR = 3_600_000;

let shop: TestApp;
let manager: TestUser;

beforeAll(async () => {
  shop = await startApp({ WORKER: 'false', ACCESS_TOKEN_SECONDS: '86400' });
  manager = await createCustomer(shop, 'manager');
});
afterAll(() => shop.close());

/** So many hours from now, by the clock of the shop. */
const inHours = (hours: number): string => new Date(shop.clock.now().getTime() + hours * HOUR).toISOString();

async function create(fields: Readonly<Record<string, unknown>> = {}) {
  const body = { sku: `SKU-${randomUUID()}`, name: 'Thing', price: '10.00', stock: 5, ...fields };
  return (await shop.http.post('/api/products').set(manager.bearer).send(body).expect(201)).body;
}
const patch = (id: string, fields: object) => shop.http.patch(`/api/products/${id}`).set(manager.bearer).send(fields);
const read = async (id: string) => (await shop.http.get(`/api/products/${id}`).expect(200)).body;

async function changePrices(): Promise<void> {
  const job = shop.app
    .get(JobRegistry)
    .all()
    .find(({ name }) => name === 'products.change-prices');
  if (job === undefined) throw new Error('There is no such job.');
  await job.run(new AbortController().signal);
}

/** What the row of a product says of its prices. */
async function storedPrices(id: string) {
  const { rows } = await shop.db.query(
    `SELECT price::text, regular_price::text, sale_price::text, sale_from, sale_to, next_price_change_at
     FROM products WHERE id = $1`,
    [id],
  );
  const [{ price, regular_price, sale_price, next_price_change_at: next, ...period }] = rows;
  const amount = (text: string | null): bigint | null => (text === null ? null : BigInt(text));
  return {
    price: BigInt(price),
    regular_price: amount(regular_price),
    sale_price: amount(sale_price),
    ...period,
    next,
  };
}

describe('a sale price', () => {
  test('without a beginning is charged at once, and goes when it is taken back', async () => {
    const made = await create({ salePrice: { price: '7.50' } });
    const sale = { price: '7.50', from: null, to: null };
    expect(made).toMatchObject({ price: '7.50', regularPrice: '10.00', salePrice: sale });
    expect(await read(made.id)).toEqual(made);
    const back = await patch(made.id, { salePrice: null }).expect(200);
    expect(back.body).toMatchObject({ price: '10.00', regularPrice: '10.00', salePrice: null, version: 2 });
  });

  test('is charged from its moment to its end, also where no job has come round to it', async () => {
    const { id } = await create({ salePrice: { price: '7.00', from: inHours(1), to: inHours(2) } });
    const customer = await createCustomer(shop);
    const buy = async (): Promise<string> => {
      const placed = await placeSale(shop, customer, [{ productId: id, quantity: 1 }]).expect(201);
      return placed.body.items[0].unitPrice;
    };
    expect(await buy()).toBe('10.00');
    shop.clock.advance(HOUR);
    expect(await buy()).toBe('7.00');
    expect(await read(id)).toMatchObject({ price: '7.00', regularPrice: '10.00' });
    shop.clock.advance(HOUR);
    expect(await buy()).toBe('10.00');
  });

  test('begins and ends by itself: with version, event, audit entry and without what was cached', async () => {
    const [from, to] = [inHours(1), inHours(2)];
    const { id } = await create({ salePrice: { price: 7, from, to } });
    const cheap = async (): Promise<string[]> => {
      const { body } = await shop.http.get('/api/products?maxPrice=8&perPage=100').expect(200);
      return body.items.map((item: { id: string }) => item.id);
    };
    expect(await read(id)).toMatchObject({
      price: '10.00',
      regularPrice: '10.00',
      salePrice: { price: '7.00', from, to },
    });
    expect(await cheap()).not.toContain(id);
    await changePrices();
    expect(await read(id)).toMatchObject({ version: 1 });
    shop.clock.advance(HOUR);
    await changePrices();
    expect(await read(id)).toMatchObject({ price: '7.00', regularPrice: '10.00', version: 2 });
    expect(await cheap()).toContain(id);
    await changePrices();
    shop.clock.advance(HOUR);
    await changePrices();
    expect(await read(id)).toMatchObject({ price: '10.00', regularPrice: '10.00', salePrice: null, version: 3 });
    expect(await cheap()).not.toContain(id);
    const events = await shop.db.query(
      `SELECT data ->> 'price' AS price FROM outbox_events WHERE aggregate_id = $1 AND type = 'product.updated'
       ORDER BY position`,
      [id],
    );
    expect(events.rows).toEqual([{ price: '7.00' }, { price: '10.00' }]);
    const entries = await shop.db.query(
      `SELECT actor, before, after FROM audit_log WHERE subject_id = $1 AND action = 'product.updated' ORDER BY id`,
      [id],
    );
    const after = { price: '7.00', regularPrice: '10.00' };
    expect(entries.rows[0]).toEqual({ actor: 'system', before: { price: '10.00' }, after });
  });

  test('is forgotten where nobody worked all through its period', async () => {
    const { id } = await create({ salePrice: { price: 7, from: inHours(1), to: inHours(2) } });
    shop.clock.advance(3 * HOUR);
    await changePrices();
    expect(await read(id)).toMatchObject({ price: '10.00', salePrice: null, version: 2 });
  });

  test('stays while the regular price changes, and below it', async () => {
    const { id } = await create({ salePrice: { price: '7.00' } });
    expect((await patch(id, { price: '9.00' }).expect(200)).body).toMatchObject({
      price: '7.00',
      regularPrice: '9.00',
    });
    const tooLow = await patch(id, { price: '7.00' }).expect(400);
    expect(tooLow.body.errors).toEqual([{ path: 'price', message: expect.stringContaining('below') }]);
    expect((await patch(id, { price: '5.00', salePrice: null }).expect(200)).body).toMatchObject({ price: '5.00' });
  });

  test.each([
    ['salePrice.price', { price: '10.00' }],
    ['salePrice.price', { price: '11.00' }],
    ['salePrice.price', { price: -1 }],
    ['salePrice.price', { price: '1.005' }],
    ['salePrice.price', {}],
    ['salePrice.from', { price: 7, from: 'tomorrow' }],
    ['salePrice.to', { price: 7, to: 5 }],
    ['salePrice.to', { price: 7, from: '2099-01-02T00:00:00Z', to: '2099-01-02T00:00:00Z' }],
    ['salePrice.to', { price: 7, from: '2099-01-02T00:00:00Z', to: '2099-01-01T00:00:00Z' }],
    ['salePrice.to', { price: 7, to: '2001-01-01T00:00:00Z' }],
    ['salePrice.until', { price: 7, until: '2099-01-01T00:00:00Z' }],
    ['salePrice', '7.00'],
    ['salePrice', [7]],
  ])('is refused by name: %s of %j', async (path, salePrice) => {
    const body = { sku: `SKU-${randomUUID()}`, name: 'X', price: '10.00', salePrice };
    const answer = await shop.http.post('/api/products').set(manager.bearer).send(body);
    expect(answer.body).toMatchObject({ status: 400, errors: [{ path }] });
  });

  test.each([
    'sale_price = 1000',
    'sale_price = 500, sale_from = now(), sale_to = now()',
    'sale_from = now()',
    'next_price_change_at = now()',
    'regular_price = 2000',
    'sale_price = 500, regular_price = 2000',
  ])('is kept in order by the database: SET %s is refused', async (assignment) => {
    const { id } = await create();
    await expect(shop.db.query(`UPDATE products SET ${assignment} WHERE id = $1`, [id])).rejects.toThrow(
      /products_sale/,
    );
  });

  test('is charged in carts from its first moment on, though no job has run', async () => {
    const { id } = await create({ salePrice: { price: 7, from: inHours(1), to: inHours(2) } });
    const shopper = await createCustomer(shop);
    const cart = async (path = '') => (await shop.http.get(`/api/cart${path}`).set(shopper.bearer).expect(200)).body;
    expect((await addToCart(shop, shopper, id).expect(200)).body).toMatchObject({ total: '10.00' });
    shop.clock.advance(HOUR);
    expect(await cart('/total')).toMatchObject({ total: '7.00' });
    expect((await addToCart(shop, shopper, id).expect(200)).body).toMatchObject({ total: '14.00' });
    shop.clock.advance(HOUR);
    const changed = await shop.http
      .patch(`/api/cart/items/${id}`)
      .set(shopper.bearer)
      .send({ quantity: 3 })
      .expect(200);
    expect(changed.body).toMatchObject({ total: '30.00', items: [{ unitPrice: '10.00' }] });
    expect(await cart()).toMatchObject({ total: '30.00' });
    expect(await read(id)).toMatchObject({ price: '10.00', salePrice: null });
  });

  test('changes once, however many find that it is due at the same time', async () => {
    const ids: string[] = [];
    for (let at = 0; at < 5; at += 1) ids.push((await create({ salePrice: { price: 7, from: inHours(1) } })).id);
    shop.clock.advance(HOUR);
    const prices = shop.app.get(PricesApi, { strict: false });
    const counts = await Promise.all(
      Array.from({ length: 12 }, (_, at) => prices.applyDue(at % 2 === 0 ? ids : [...ids].reverse())),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ids.length);
    for (const id of ids) expect(await read(id)).toMatchObject({ price: '7.00', version: 2 });
  });

  test('is at every moment what the rules say, by whatever steps it got there', async () => {
    const { id } = await create();
    const prices = shop.app.get(PricesApi, { strict: false });
    const products = shop.app.get(ProductsService, { strict: false });
    const hour = fc.option(fc.integer({ min: -3, max: 6 }), { nil: null });
    const steps = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(hour, hour, steps, async (from, to, hours) => {
        fc.pre(from === null || to === null || from < to);
        fc.pre(to === null || to > 0);
        const [begins, ends] = [from, to].map((at) => (at === null ? null : new Date(inHours(at))));
        const sale = { price: 400n, from: begins ?? null, to: ends ?? null };
        const text = { price: 4, from: begins?.toISOString() ?? null, to: ends?.toISOString() ?? null };
        await products.update(id, { salePrice: text }, undefined);
        for (const step of hours) {
          shop.clock.advance(step * HOUR);
          await prices.applyDue([id]);
          const { next, ...stored } = await storedPrices(id);
          const expected = pricingAt(1_000n, sale, shop.clock.now());
          expect({ ...pricingAt(regularPriceOf(stored), salePriceOf(stored), shop.clock.now()) }).toEqual(expected);
          expect([stored.price, next]).toEqual([expected.price, expected.nextPriceChangeAt]);
        }
      }),
      { numRuns: runs(20) },
    );
  });
});
