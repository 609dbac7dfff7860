import { newId } from '../../src/common/ids.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';

let shop: TestApp;
let replica: TestApp;
let manager: TestUser;

beforeAll(async () => {
  shop = await startApp();
  replica = await startApp({}, shop);
  manager = await createCustomer(shop, 'manager');
});
afterEach(async () => {
  expect(await brokenInvariants(shop.db)).toEqual({});
});
afterAll(async () => {
  await replica.close();
  await shop.close();
});

interface Category {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly parentId: string | null;
}
interface Node extends Category {
  readonly children: readonly Node[];
}

const post = (body: object, where = shop) => where.http.post('/api/categories').set(manager.bearer).send(body);
const patch = (id: string, body: object, where = shop) =>
  where.http.patch(`/api/categories/${id}`).set(manager.bearer).send(body);
const remove = (id: string) => shop.http.delete(`/api/categories/${id}`).set(manager.bearer);
const make = async (name: string, parentId?: string): Promise<Category> =>
  (await post({ name, parentId }).expect(201)).body;

/** Categories each below the one before. */
async function chain(length: number, name: string): Promise<Category[]> {
  const made: Category[] = [];
  for (let n = 0; n < length; n += 1) made.push(await make(`${name} ${n}`, made.at(-1)?.id));
  return made;
}

const count = (nodes: readonly Node[]): number => nodes.reduce((sum, node) => sum + 1 + count(node.children), 0);

describe('GET /api/categories/:idOrSlug', () => {
  test('shows a category with what it lies below and what lies below it, where its Location says', async () => {
    const [root, middle] = (await chain(2, 'Way')) as [Category, Category];
    const made = await post({ name: 'Way end', parentId: middle.id }).expect(201);
    const early = await make('Early', made.body.id);
    const late = await make('Late', made.body.id);
    const { body, headers } = await shop.http.get(made.headers.location ?? '').expect(200);
    expect(body).toEqual({ ...made.body, ancestors: [root, middle], children: [early, late] });
    const bySlug = await shop.http.get(`/api/categories/${made.body.slug}`).expect(200);
    expect(bySlug.body).toEqual(body);
    expect(bySlug.headers.etag).toBe(headers.etag);
    await shop.http
      .get(`/api/categories/${made.body.slug}`)
      .set('If-None-Match', headers.etag ?? '')
      .expect(304);
  });

  test('comes from the cache the second time, and anew on every replica once the tree has changed', async () => {
    const { id, slug } = await make('Cached');
    const get = (where: TestApp) => where.http.get(`/api/categories/${slug}`).expect(200);
    await get(shop);
    await eventually(async () =>
      expect((await get(shop)).headers).toMatchObject({ 'x-cache': 'HIT', 'cache-control': 'no-cache' }),
    );
    await patch(id, { name: 'Renamed' }).expect(200);
    expect((await get(shop)).body).toMatchObject({ slug, name: 'Renamed' });
    const child = await make('Below', id);
    expect((await get(shop)).body.children).toEqual([child]);
    await remove(child.id).expect(204);
    await remove(id).expect(204);
    expect((await shop.http.get(`/api/categories/${slug}`)).body.code).toBe('category_not_found');
  });

  test.each(['no-such-slug', newId(), '%00', "a'--", 'x'.repeat(250)])('answers 404 to %s', async (key) => {
    expect((await shop.http.get(`/api/categories/${key}`)).body).toMatchObject({
      status: 404,
      code: 'category_not_found',
    });
  });
});

describe('a category moves', () => {
  test('with all that lies below it, and to the root', async () => {
    const [a, b] = (await chain(2, 'Moved')) as [Category, Category];
    const home = await make('Home');
    expect((await patch(a.id, { parentId: home.id }).expect(200)).body).toEqual({ ...a, parentId: home.id });
    const { body } = await shop.http.get(`/api/categories/${b.slug}`);
    expect(body.ancestors.map(({ id }: Category) => id)).toEqual([home.id, a.id]);
    expect((await patch(a.id, { parentId: null }).expect(200)).body.parentId).toBeNull();
    expect((await patch(a.id, {}).expect(200)).body).toEqual(a);
  });

  test('but never below itself, and is told which field says so', async () => {
    const made = await chain(3, 'Loop');
    for (const target of made) {
      const { body } = await patch(made[0]?.id ?? '', { parentId: target.id });
      expect(body).toMatchObject({ status: 409, code: 'category_cycle', errors: [{ path: 'parentId' }] });
    }
  });

  test('only below what there is', async () => {
    const { id } = await make('Lonely');
    const problem = { status: 404, code: 'category_not_found', errors: [{ path: 'parentId' }] };
    expect((await patch(id, { parentId: newId() })).body).toMatchObject(problem);
    expect((await post({ name: 'X', parentId: newId() })).body).toMatchObject(problem);
    const missing = (await patch(newId(), { parentId: id })).body;
    expect(missing).toMatchObject({ status: 404, code: 'category_not_found' });
    expect(missing.errors).toBeUndefined();
    for (const parentId of ['root', 1, '', [id]]) {
      expect((await patch(id, { parentId })).body).toMatchObject({ status: 400, errors: [{ path: 'parentId' }] });
    }
  });

  test('at most ten levels deep, by making as by moving', async () => {
    const deep = await chain(10, 'Deep');
    const problem = { status: 409, code: 'category_too_deep', errors: [{ path: 'parentId' }] };
    expect((await post({ name: 'Too deep', parentId: deep[9]?.id })).body).toMatchObject(problem);
    const [top] = await chain(2, 'Pair');
    expect((await patch(top?.id ?? '', { parentId: deep[8]?.id })).body).toMatchObject(problem);
    await patch(top?.id ?? '', { parentId: deep[7]?.id }).expect(200);
  });
});

test('whoever moves categories at the same time, they stay a tree of ten levels', async () => {
  const made: Category[] = [];
  for (let n = 0; n < 12; n += 1) made.push(await make(`Crowd ${n}`));
  for (let round = 0; round < 2; round += 1) {
    const answers = await Promise.all(
      Array.from({ length: 32 }, (_, n) => {
        const [one, other] = [made[(n * 7 + round) % 12], made[(n * 5 + 3 * round + 1) % 12]];
        const where = n % 2 === 0 ? shop : replica;
        if (n % 6 === 5) return post({ name: `Late ${round}.${n}`, parentId: other?.id }, where);
        return patch(one?.id ?? '', { parentId: other?.id }, where);
      }),
    );
    expect(answers.every(({ status }) => [200, 201, 409].includes(status))).toBe(true);
    expect(answers.some(({ status }) => status === 409)).toBe(true);
    expect(await brokenInvariants(shop.db)).toEqual({});
  }
});

test('many of one name made at once have each a slug of their own', async () => {
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => post({ name: 'Same' }, n % 2 === 0 ? shop : replica)),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  expect(new Set(answers.map(({ body }) => body.slug)).size).toBe(12);
});

test('a parent that is deleted while a child is made either stays or is told to be gone', async () => {
  for (let round = 0; round < 8; round += 1) {
    const parent = await make(`Doomed ${round}`);
    const [deleted, made] = await Promise.all([
      remove(parent.id),
      post({ name: 'Child', parentId: parent.id }, replica),
    ]);
    expect([
      [204, 404],
      [409, 201],
    ]).toContainEqual([deleted.status, made.status]);
  }
});

test('a tree of 4,584 categories is answered whole, and filters by any of its branches', async () => {
  const before = count((await shop.http.get('/api/categories')).body.items);
  await shop.db.query(
    `INSERT INTO categories (id, parent_id, slug, name, created_at, updated_at)
     SELECT md5(n::text)::uuid, CASE WHEN n > 16 THEN md5((n / 4)::text)::uuid END, 'wide-' || n, 'Wide ' || n, now(), now()
     FROM generate_series(1, 4584) n`,
  );
  const leaf = (await post({ name: 'One more' }).expect(201)).body;
  const { body, headers } = await shop.http.get('/api/categories').expect(200);
  expect(count(body.items)).toBe(before + 4_584 + 1);
  await eventually(async () => {
    const again = await shop.http.get('/api/categories').set('If-None-Match', headers.etag ?? '');
    expect([again.status, again.headers['x-cache']]).toEqual([304, 'HIT']);
  });
  const product = { sku: newId(), name: 'In a leaf', price: '1.00', category: 'wide-4584' };
  await shop.http.post('/api/products').set(manager.bearer).send(product).expect(201);
  const { body: found } = await shop.http.get('/api/products').query({ category: 'wide-4' }).expect(200);
  expect(found.items.map(({ sku }: { sku: string }) => sku)).toEqual([product.sku]);
  await remove(leaf.id).expect(204);
});
