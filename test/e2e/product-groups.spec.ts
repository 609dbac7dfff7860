import { randomUUID } from 'node:crypto';
import { newId } from '../../src/common/ids.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { startApp, type TestApp } from '../support/app.js';

let shop: TestApp;
let manager: TestUser;

beforeAll(async () => {
  shop = await startApp();
  manager = await createCustomer(shop, 'manager');
});
afterAll(() => shop.close());

const post = (path: string, body: object) => shop.http.post(path).set(manager.bearer).send(body);
const patch = (path: string, body: object) => shop.http.patch(path).set(manager.bearer).send(body);
const sku = (): string => `SKU-${randomUUID()}`;
const makeGroup = async (fields: object = {}) =>
  (await post('/api/product-groups', { name: `Shirt ${randomUUID()}`, ...fields }).expect(201)).body;
const make = (fields: object) => post('/api/products', { sku: sku(), name: 'Shirt', price: '10.00', ...fields });
const variant = async (groupId: string, options: object, fields: object = {}) =>
  (await make({ groupId, options, ...fields }).expect(201)).body;
const show = async (idOrSlug: string) => (await shop.http.get(`/api/product-groups/${idOrSlug}`).expect(200)).body;
const skusOf = (group: { members: { sku: string }[] }): string[] => group.members.map((member) => member.sku);

describe('a group of products', () => {
  test('shows its members with price, stock and options, by id and by slug', async () => {
    const made = await post('/api/product-groups', { name: 'Größen-Hemd', description: 'Cotton' }).expect(201);
    expect(made.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ...{ slug: 'grossen-hemd', name: 'Größen-Hemd', description: 'Cotton', optionNames: [], members: [] },
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    expect(made.headers.location).toBe(`/api/product-groups/${made.body.id}`);
    const blue = await variant(made.body.id, { size: 'M', colour: 'blue' }, { price: '12.00', stock: 3 });
    expect(blue).toMatchObject({ groupId: made.body.id, options: { colour: 'blue', size: 'M' } });
    const red = await variant(made.body.id, { size: 'M', colour: 'red' });
    const group = await show('grossen-hemd');
    expect(group).toMatchObject({ id: made.body.id, optionNames: ['colour', 'size'], members: [blue, red] });
    expect(await show(made.body.id.toUpperCase())).toEqual(group);
    expect((await shop.http.get(`/api/products/${blue.id}`)).body).toEqual(blue);
  });

  test('is shown as it is after every change of it and of its members', async () => {
    const { id, slug } = await makeGroup();
    const read = () => shop.http.get(`/api/product-groups/${slug}`);
    const steps: [string, () => Promise<unknown>, object][] = [];
    const one = await variant(id, { size: 'S' });
    const two = await variant(id, { size: 'M' });
    expect(skusOf((await read()).body)).toEqual([one.sku, two.sku]);
    const stock = () => shop.http.put(`/api/products/${one.id}/stock`).set(manager.bearer).send({ quantity: 7 });
    steps.push(['stock', stock, { members: [{ stock: 7 }, {}] }]);
    steps.push([
      'price',
      () => patch(`/api/products/${one.id}`, { price: '3.00' }),
      { members: [{ price: '3.00' }, {}] },
    ]);
    steps.push(['name', () => patch(`/api/product-groups/${id}`, { name: 'Other' }), { name: 'Other', slug }]);
    steps.push(['hidden', () => patch(`/api/products/${one.id}`, { active: false }), { members: [{ id: two.id }] }]);
    steps.push(['gone', () => shop.http.delete(`/api/products/${two.id}`).set(manager.bearer), { members: [] }]);
    for (const [, change, expected] of steps) {
      const { headers } = await read();
      await change();
      const after = await read().set('if-none-match', headers.etag as string);
      expect(after.status).toBe(200);
      expect(after.body).toMatchObject(expected);
    }
    const { headers } = await read();
    await read()
      .set('if-none-match', headers.etag as string)
      .expect(304);
  });

  test('holds each combination once, also when many come at a time, and again after one was archived', async () => {
    const { id } = await makeGroup();
    const answers = await Promise.all(Array.from({ length: 6 }, () => make({ groupId: id, options: { size: 'L' } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'variant_taken', errors: [{ path: 'options' }] });
    const kept = answers.find(({ status }) => status === 201)?.body;
    const other = await variant(id, { size: 'XL' });
    expect((await patch(`/api/products/${other.id}`, { options: { size: 'L' } })).body).toMatchObject({ status: 409 });
    await shop.http.delete(`/api/products/${kept.id}`).set(manager.bearer).expect(204);
    await variant(id, { size: 'L' });
  });

  test('has members that name the same options: what it was made with, or what the first one says', async () => {
    const declared = await makeGroup({ optionNames: ['size', 'colour'] });
    expect(declared.optionNames).toEqual(['colour', 'size']);
    const refused = await make({ groupId: declared.id, options: { size: 'M' } });
    expect(refused.body).toMatchObject({ status: 400, errors: [{ path: 'options' }] });
    expect(refused.body.errors[0].message).toContain('colour, size');
    const { id } = await makeGroup();
    const first = await Promise.all([
      make({ groupId: id, options: { size: 'M' } }),
      make({ groupId: id, options: { colour: 'red' } }),
    ]);
    expect(first.map(({ status }) => status).sort()).toEqual([201, 400]);
    await expect(
      shop.db.query(`UPDATE products SET option_names = '{other}', options = '{"other": "x"}' WHERE group_id = $1`, [
        id,
      ]),
    ).rejects.toThrow(/products_group_fkey/);
    await expect(shop.db.query(`UPDATE products SET options = '{}' WHERE group_id = $1`, [id])).rejects.toThrow(
      /products_options_named/,
    );
  });

  test('is joined, changed and left by PATCH of a product', async () => {
    const { id } = await makeGroup();
    const product = (await make({}).expect(201)).body;
    expect(product).toMatchObject({ groupId: null, options: {} });
    const path = `/api/products/${product.id}`;
    expect((await patch(path, { groupId: id })).body).toMatchObject({ status: 400, errors: [{ path: 'options' }] });
    expect((await patch(path, { options: { size: 'M' } })).body).toMatchObject({ errors: [{ path: 'options' }] });
    const joined = await patch(path, { groupId: id, options: { size: 'M' } }).expect(200);
    expect(joined.body).toMatchObject({ groupId: id, options: { size: 'M' }, version: 2 });
    expect((await patch(path, { options: { size: 'L' } }).expect(200)).body).toMatchObject({ options: { size: 'L' } });
    expect((await patch(path, { name: 'Same' }).expect(200)).body).toMatchObject({ groupId: id });
    const second = await makeGroup();
    expect((await patch(path, { groupId: second.id }).expect(200)).body).toMatchObject({ options: { size: 'L' } });
    expect((await patch(path, { groupId: null }).expect(200)).body).toMatchObject({ groupId: null, options: {} });
    expect((await show(id)).members).toEqual([]);
  });

  test('keeps its options while it has members', async () => {
    const { id } = await makeGroup({ optionNames: ['size'] });
    expect((await patch(`/api/product-groups/${id}`, { optionNames: ['colour'] })).body).toMatchObject({
      optionNames: ['colour'],
    });
    const { sku: member } = await variant(id, { colour: 'red' });
    const refused = await patch(`/api/product-groups/${id}`, { name: 'Lost', optionNames: ['size'] });
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'product_group_not_empty',
      errors: [{ path: 'optionNames' }],
    });
    await patch(`/api/product-groups/${id}`, { name: 'Kept', optionNames: ['colour'] }).expect(200);
    const group = await show(id);
    expect(group).toMatchObject({ name: 'Kept', optionNames: ['colour'] });
    expect(skusOf(group)).toEqual([member]);
  });

  test('leaves its members behind when it is deleted, and tells of each', async () => {
    const { id, slug } = await makeGroup();
    const [one, two] = [await variant(id, { size: 'S' }), await variant(id, { size: 'M' })];
    await shop.http.delete(`/api/products/${two.id}`).set(manager.bearer).expect(204);
    await shop.http.get(`/api/products/${one.id}`);
    await shop.http.delete(`/api/product-groups/${slug}`).set(manager.bearer).expect(204);
    const left = (await shop.http.get(`/api/products/${one.id}`)).body;
    expect(left).toMatchObject({ groupId: null, options: {}, version: 2 });
    const events = await shop.db.query(
      `SELECT aggregate_id AS id FROM outbox_events WHERE type = 'product.updated' AND aggregate_id = ANY ($1)`,
      [[one.id, two.id]],
    );
    expect(events.rows).toEqual([{ id: one.id }]);
    const entries = await shop.db.query('SELECT action FROM audit_log WHERE subject_id = $1 ORDER BY id', [id]);
    expect(entries.rows.map(({ action }) => action)).toEqual(['product_group.created', 'product_group.deleted']);
    for (const key of [id, slug]) {
      const answer = await shop.http.get(`/api/product-groups/${key}`);
      expect(answer.body).toMatchObject({ status: 404, code: 'product_group_not_found' });
    }
    expect((await shop.http.delete(`/api/product-groups/${id}`).set(manager.bearer)).status).toBe(404);
  });

  test('is deleted while members come and go without anything half done', async () => {
    const { id } = await makeGroup();
    const product = await variant(id, { size: '0' });
    const joins = Array.from({ length: 6 }, (_, at) => make({ groupId: id, options: { size: `${at + 1}` } }));
    const moves = Array.from({ length: 6 }, (_, at) =>
      patch(`/api/products/${product.id}`, { options: { size: `m${at}` } }),
    );
    const removal = shop.http.delete(`/api/product-groups/${id}`).set(manager.bearer);
    const answers = await Promise.all([...joins, ...moves, removal]);
    expect(answers.at(-1)?.status).toBe(204);
    for (const { status } of answers) expect([200, 201, 204, 400, 404]).toContain(status);
    const { rows } = await shop.db.query('SELECT 1 FROM products WHERE group_id = $1', [id]);
    expect(rows).toEqual([]);
  });

  test('is listed, newest first, with its visible members counted, by page and by cursor', async () => {
    const made = [await makeGroup(), await makeGroup(), await makeGroup()];
    await variant(made[2].id, { size: 'S' });
    const list = async (query: object) => (await shop.http.get('/api/product-groups').query(query).expect(200)).body;
    const page = await list({ perPage: 2 });
    expect(page).toMatchObject({ page: 1, perPage: 2, total: expect.any(Number) });
    expect(page.items).toMatchObject([
      { id: made[2].id, memberCount: 1, optionNames: ['size'] },
      { id: made[1].id, memberCount: 0 },
    ]);
    const first = await list({ perPage: 2, cursor: '' });
    expect(first.items).toEqual(page.items);
    const next = await list({ perPage: 2, cursor: first.nextCursor });
    expect(next.items[0]).toMatchObject({ id: made[0].id });
  });

  test.each([
    ['name', {}],
    ['name', { name: '' }],
    ['optionNames', { name: 'X', optionNames: [] }],
    ['optionNames', { name: 'X', optionNames: ['a', 'a'] }],
    ['optionNames', { name: 'X', optionNames: [' a'] }],
    ['optionNames', { name: 'X', optionNames: ['a', 'b', 'c', 'd', 'e', 'f'] }],
    ['slug', { name: 'X', slug: 'mine' }],
  ])('is refused by name: %s of %j', async (path, body) => {
    expect((await post('/api/product-groups', body)).body).toMatchObject({ status: 400, errors: [{ path }] });
  });

  test.each([
    ['groupId', { groupId: 'no-uuid', options: { a: 'b' } }],
    ['options', { options: { a: 'b' } }],
    ['options', { options: { a: 1 } }],
    ['options', { options: null }],
  ])('takes no product with a bad %s: %j', async (path, fields) => {
    expect((await make(fields)).body).toMatchObject({ status: 400, errors: [{ path }] });
  });

  test('takes the longest options that there may be, in any script', async () => {
    const { id } = await makeGroup();
    const letters = ['茶', '酒', '水', '火', '木'];
    const options = Object.fromEntries(letters.map((letter) => [letter.repeat(40), '\u{1f375}'.repeat(30)]));
    await variant(id, options);
  });

  test('that is not there takes no product', async () => {
    const answer = await make({ groupId: newId(), options: { size: 'M' } });
    const errors = [{ path: 'groupId' }];
    expect(answer.body).toMatchObject({ status: 404, code: 'product_group_not_found', errors });
  });
});
