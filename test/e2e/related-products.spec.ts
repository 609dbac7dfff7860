import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { newId } from '../../src/common/ids.js';
import { RelatedProductsRepository } from '../../src/modules/products/related/related-products.repository.js';
import { JobRegistry } from '../../src/platform/jobs/job-registry.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct, type TestProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { paySale, placeSale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { neverHeldUp } from '../support/lease.js';
import { runs } from '../support/runs.js';

let shop: TestApp;
let manager: TestUser;
let shopper: TestUser;

beforeAll(async () => {
  shop = await startApp({ WORKER: 'false' });
  neverHeldUp(shop);
  [manager, shopper] = [await createCustomer(shop, 'manager'), await createCustomer(shop)];
});
afterAll(() => shop.close());

const products = (count: number): Promise<TestProduct[]> =>
  Promise.all(Array.from({ length: count }, () => createProduct(shop.db)));

/** A sale of one of each; paid, unless told otherwise. */
async function buy(bought: readonly TestProduct[], paid = true): Promise<string> {
  const items = bought.map(({ id }) => ({ productId: id, quantity: 1 }));
  const { body } = await placeSale(shop, shopper, items).expect(201);
  if (paid) await paySale(shop, shopper, body.id).expect(201);
  return body.id;
}

async function relate(): Promise<void> {
  const job = shop.app
    .get(JobRegistry)
    .all()
    .find(({ name }) => name === 'products.relate');
  if (job === undefined) throw new Error('There is no such job.');
  await job.run(new AbortController().signal);
}
const related = async ({ id }: { readonly id: string }, query: object = {}): Promise<string[]> => {
  const { body } = await shop.http.get(`/api/products/${id}/related`).query(query).expect(200);
  return body.items.map((item: { id: string }) => item.id);
};
/** A day later, when every product has its turn again. */
async function nextDay(): Promise<void> {
  await shop.db.query(`UPDATE related_products SET computed_at = computed_at - interval '2 days'`);
  await relate();
}

describe('GET /api/products/:idOrSlug/related', () => {
  test('shows what was bought together at least twice, closest first, as whole products', async () => {
    const [mug, saucer, spoon, rare, everywhere] = (await products(5)) as [
      TestProduct,
      TestProduct,
      TestProduct,
      TestProduct,
      TestProduct,
    ];
    for (let at = 0; at < 3; at += 1) await buy([mug, saucer, everywhere]);
    for (let at = 0; at < 2; at += 1) await buy([mug, spoon]);
    await buy([mug, rare]);
    for (let at = 0; at < 6; at += 1) await buy([everywhere]);
    await relate();
    // Jaccard with the mug, which is in 6 sales: saucer 3 of 6, spoon 2 of 6, everywhere 3 of 12; rare once.
    expect(await related(mug)).toEqual([saucer.id, spoon.id, everywhere.id]);
    expect(await related(saucer)).toEqual([mug.id, everywhere.id]);
    expect(await related(rare)).toEqual([]);
    expect(await related(mug, { limit: 1 })).toEqual([saucer.id]);
    // On a slow machine a process may for a moment not know that nothing has changed.
    const answer = await eventually(async () => {
      const again = await shop.http.get(`/api/products/${mug.slug}/related`).expect(200);
      expect(again.headers['x-cache']).toBe('HIT');
      return again;
    });
    expect(answer.body.items[0]).toEqual((await shop.http.get(`/api/products/${saucer.id}`)).body);
    await shop.http
      .get(`/api/products/${mug.id}/related`)
      .set('if-none-match', answer.headers.etag as string)
      .expect(304);
  });

  test('counts confirmed sales alone, and forgets those that were cancelled', async () => {
    const [one, two, three] = (await products(3)) as [TestProduct, TestProduct, TestProduct];
    const sales = [await buy([one, two]), await buy([one, two])];
    for (let at = 0; at < 3; at += 1) await buy([one, three], false);
    await relate();
    expect(await related(one)).toEqual([two.id]);
    await shop.http.post(`/api/sales/${sales[0]}/cancel`).set(shopper.bearer).send({}).expect(200);
    await relate();
    expect(await related(one)).toEqual([two.id]);
    await nextDay();
    expect(await related(one)).toEqual([]);
  });

  test('never shows what is archived or hidden, from the moment on', async () => {
    const [one, two, three] = (await products(3)) as [TestProduct, TestProduct, TestProduct];
    for (let at = 0; at < 2; at += 1) await buy([one, two, three]);
    await relate();
    expect((await related(one)).sort()).toEqual([two.id, three.id].sort());
    await shop.http.delete(`/api/products/${two.id}`).set(manager.bearer).expect(204);
    expect(await related(one)).toEqual([three.id]);
    await shop.http.patch(`/api/products/${three.id}`).set(manager.bearer).send({ active: false }).expect(200);
    expect(await related(one)).toEqual([]);
    const gone = await shop.http.get(`/api/products/${two.id}/related`);
    expect(gone.body).toMatchObject({ status: 404, code: 'product_not_found' });
  });

  test('fills up with the same category: in stock first, without variants of the product itself', async () => {
    const [category] = [
      (await shop.http.post('/api/categories').set(manager.bearer).send({ name: randomUUID() })).body,
    ];
    const group = (await shop.http.post('/api/product-groups').set(manager.bearer).send({ name: 'Group' })).body;
    const make = async (fields: object): Promise<{ id: string }> => {
      const body = { sku: `SKU-${randomUUID()}`, name: 'Thing', price: '1.00', category: category.slug, ...fields };
      return (await shop.http.post('/api/products').set(manager.bearer).send(body).expect(201)).body;
    };
    const one = await make({ stock: 9, groupId: group.id, options: { size: 'S' } });
    const variant = await make({ stock: 9, groupId: group.id, options: { size: 'M' } });
    const sold = await make({ stock: 9 });
    const out = await make({});
    const fresh = await make({ stock: 9 });
    const [bought] = (await products(1)) as [TestProduct];
    const pair = [one, bought] as unknown as TestProduct[];
    for (let at = 0; at < 2; at += 1) await buy(pair);
    expect(await related(one)).toEqual([fresh.id, sold.id, out.id]);
    await relate();
    expect(await related(one)).toEqual([bought.id, fresh.id, sold.id, out.id]);
    expect(await related(one)).not.toContain(variant.id);
    expect(await related(one, { limit: 2 })).toEqual([bought.id, fresh.id]);
  });

  test.each([0, 21, 'x', 1.5])('refuses a limit of %s', async (limit) => {
    const [one] = (await products(1)) as [TestProduct];
    const answer = await shop.http.get(`/api/products/${one.id}/related`).query({ limit });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ path: 'limit' }] });
  });

  test.each([newId(), 'no-such-slug', '%00'])('answers 404 to %s', async (key) => {
    expect((await shop.http.get(`/api/products/${key}/related`)).body).toMatchObject({ code: 'product_not_found' });
  });
});

describe('what was bought together', () => {
  test('agrees with counting by hand, whatever the sales were', async () => {
    const repository = shop.app.get(RelatedProductsRepository, { strict: false });
    const basket = fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(basket, { minLength: 1, maxLength: 12 }), async (baskets) => {
        const all = await products(6);
        await storeSales(baskets.map((lines) => lines.map((at) => (all[at] as TestProduct).id)));
        const ids = all.map(({ id }) => id);
        await repository.compute(ids, new Date(0), 2, shop.clock.now());
        const { rows } = await shop.db.query(
          'SELECT product_id, related_ids FROM related_products WHERE product_id = ANY ($1)',
          [ids],
        );
        const stored = new Map(rows.map((row) => [row.product_id, row.related_ids]));
        for (const [at, id] of ids.entries()) expect(stored.get(id)).toEqual(byHand(at, baskets).map((of) => ids[of]));
      }),
      { numRuns: runs(15) },
    );
  });

  test('is worked out once a day for each product, and goes on where it was stopped', async () => {
    await products(25);
    const stopped = new AbortController();
    stopped.abort();
    const job = shop.app
      .get(JobRegistry)
      .all()
      .find(({ name }) => name === 'products.relate');
    const left = async (): Promise<number> => {
      const { rows } = await shop.db.query(
        `SELECT count(*)::int AS left FROM products p LEFT JOIN related_products r ON r.product_id = p.id
         WHERE p.archived_at IS NULL AND r.computed_at IS NULL`,
      );
      return rows[0].left;
    };
    await job?.run(stopped.signal);
    expect(await left()).toBeGreaterThanOrEqual(25);
    await relate();
    expect(await left()).toBe(0);
    const when = 'SELECT max(computed_at) AS at FROM related_products';
    const { rows: before } = await shop.db.query(when);
    await relate();
    expect((await shop.db.query(when)).rows).toEqual(before);
  });
});

/** Confirmed sales, as they lie in their tables; the lines of each in the order given. */
async function storeSales(sales: readonly (readonly string[])[]): Promise<void> {
  for (const lines of sales) {
    const id = newId();
    await shop.db.query(
      `INSERT INTO sales (id, number, user_id, email, status, payment_status, currency, subtotal, discount, shipping, tax,
         total, delivery_address, placed_at, updated_at)
       VALUES ($1, $2, NULL, 'a@example.com', 'delivered', 'completed', 'USD', $3, 0, 0, 0, $3, '{}', now(), now())`,
      [id, `T-${id}`, lines.length],
    );
    await shop.db.query(
      `INSERT INTO sale_items (sale_id, line_no, product_id, sku, name, unit_price, quantity, discount, tax, line_total)
       SELECT $1, n, id, 's', 'n', 1, 1, 0, 0, 1 FROM unnest($2::uuid[]) WITH ORDINALITY AS l (id, n)`,
      [id, lines],
    );
  }
}

/** Numbers of the products that were bought with one at least twice, by Jaccard's index. */
function byHand(one: number, baskets: readonly (readonly number[])[]): number[] {
  const count = (...wanted: number[]): number =>
    baskets.filter((basket) => wanted.every((of) => basket.includes(of))).length;
  const others = [0, 1, 2, 3, 4, 5].filter((other) => other !== one && count(one, other) >= 2);
  const closeness = (other: number): number => {
    const together = count(one, other);
    return together / (count(one) + count(other) - together);
  };
  // The products were made one after another, so their numbers are in the order of their ids.
  return others.sort((a, b) => closeness(b) - closeness(a) || count(one, b) - count(one, a) || a - b);
}
