import { newId } from '../../src/common/ids.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, addToCart } from '../support/buying.js';

let shop: TestApp;
let manager: TestUser;

beforeAll(async () => {
  shop = await startApp();
  manager = await createCustomer(shop, 'manager');
});
afterAll(() => shop.close());

async function create(fields: Readonly<Record<string, unknown>> = {}) {
  const body = { sku: newId(), name: 'Thing', price: '1.00', stock: 3, ...fields };
  return (await shop.http.post('/api/products').set(manager.bearer).send(body).expect(201)).body;
}

const archive = (id: string) => shop.http.delete(`/api/products/${id}`).set(manager.bearer).expect(204);
const restore = (id: string) => shop.http.post(`/api/products/${id}/restore`).set(manager.bearer);
const list = (query: object) => shop.http.get('/api/admin/products').query(query).set(manager.bearer);
const idsOf = (body: { items: { id: string }[] }): string[] => body.items.map(({ id }) => id);

describe('GET /api/admin/products', () => {
  test('shows staff what the public sees, does not see yet, and sees no longer', async () => {
    const tag = newId().slice(-12);
    const active = await create({ name: `Active ${tag}`, lowStockThreshold: 4 });
    const inactive = await create({ name: `Inactive ${tag}`, active: false });
    const archived = await create({ name: `Archived ${tag}` });
    await archive(archived.id);
    const all = await list({ q: tag }).expect(200);
    expect(all.body.total).toBe(3);
    expect(idsOf(all.body)).toEqual([archived.id, inactive.id, active.id]);
    expect(all.body.items[2]).toEqual({
      ...active,
      ...{ lowStockThreshold: 4, weight: null, taxCategory: 'standard', archivedAt: null },
    });
    for (const [status, { id }] of Object.entries({ active, inactive, archived })) {
      expect(idsOf((await list({ q: tag, status })).body)).toEqual([id]);
    }
    const one = await shop.http.get(`/api/admin/products/${archived.id}`).set(manager.bearer).expect(200);
    expect(one.body).toMatchObject({ id: archived.id, version: 2, archivedAt: expect.stringMatching(/Z$/) });
    expect(one.headers['cache-control']).toBe('no-store');
    const missing = await shop.http.get(`/api/admin/products/${newId()}`).set(manager.bearer);
    expect(missing.body).toMatchObject({ status: 404, code: 'product_not_found' });
  });

  test('finds by the start of a SKU, literally, and is read to its end by cursor', async () => {
    const prefix = `50%_${newId().slice(-8)}`;
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) made.unshift((await create({ sku: `${prefix}-${n}` })).id);
    const met: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await list({ q: prefix.toLowerCase(), perPage: 2, cursor }).expect(200);
      met.push(...idsOf(page.body));
      cursor = page.body.nextCursor as string | null;
    }
    expect(met).toEqual(made);
    expect(idsOf((await list({ q: prefix.replace('%', 'x') })).body)).toEqual([]);
  });

  test.each([{ status: 'gone' }, { status: '' }, { sort: 'name' }, { cursor: 'x' }])('refuses %j', async (query) => {
    expect((await list(query)).body).toMatchObject({ status: 400, errors: [{ path: Object.keys(query)[0] }] });
  });
});

describe('POST /api/products/:id/restore', () => {
  test('brings an archived product back as it was, to the catalogue and to carts', async () => {
    const product = await create({ attributes: { colour: 'blue' } });
    const customer = await createCustomer(shop);
    await shop.http.get(`/api/products/${product.slug}`).expect(200);
    await archive(product.id);
    await shop.http.get(`/api/products/${product.slug}`).expect(404);
    const answer = await restore(product.id).expect(200);
    expect(answer.body).toEqual({ ...product, version: 3, updatedAt: expect.any(String) });
    const shown = await shop.http.get(`/api/products/${product.slug}`).expect(200);
    expect([shown.body, shown.headers.etag]).toEqual([answer.body, answer.headers.etag]);
    await addToCart(shop, customer, product.id).expect(200);
    await shop.http.post('/api/sales').set(customer.bearer).send({ deliveryAddress: ADDRESS }).expect(201);
    const { rows } = await shop.db.query(
      `SELECT (SELECT array_agg(type ORDER BY position) FROM outbox_events WHERE aggregate_id = $1) AS events,
         (SELECT array_agg(action ORDER BY id) FROM audit_log WHERE subject_id = $1) AS acts`,
      [product.id],
    );
    expect(rows[0].events.slice(2, 4)).toEqual(['product.archived', 'product.updated']);
    expect(rows[0].acts).toEqual(['product.created', 'product.archived', 'product.restored']);
  });

  test('changes nothing the second time', async () => {
    const { id } = await create();
    await archive(id);
    const first = await restore(id).expect(200);
    expect((await restore(id).expect(200)).body).toEqual(first.body);
  });

  test('refuses a stale tag, and what there is not', async () => {
    const { id } = await create();
    await archive(id);
    const stale = await restore(id).set('If-Match', '"000000000000.1.abc"');
    expect(stale.body).toMatchObject({ status: 412, code: 'version_mismatch' });
    await shop.http.get(`/api/products/${id}`).expect(404);
    expect((await restore(newId())).body).toMatchObject({ status: 404, code: 'product_not_found' });
  });

  test('shows nothing that was not active when it was archived', async () => {
    const { id } = await create({ active: false });
    await archive(id);
    expect((await restore(id).expect(200)).body.active).toBe(false);
    await shop.http.get(`/api/products/${id}`).expect(404);
  });
});
