import { newId } from '../../src/common/ids.js';
import { ApiKeysRepository } from '../../src/platform/security/api-keys.repository.js';
import { PERMISSIONS } from '../../src/platform/security/permissions.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { paidSale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';

const DAY_MS = 86_400_000;

interface MadeKey {
  readonly id: string;
  readonly key: string;
  readonly prefix: string;
}

describe('API keys', () => {
  let shop: TestApp;
  let replica: TestApp;
  let admin: TestUser;

  beforeAll(async () => {
    shop = await startApp();
    replica = await startApp({}, shop);
    admin = await createCustomer(shop, 'admin');
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const show = (key: string): Record<string, string> => ({ 'x-api-key': key });
  const ask = (body: object, headers: Readonly<Record<string, string>> = admin.bearer) =>
    shop.http.post('/api/api-keys').set(headers).send(body);
  const make = async (permissions: readonly string[], overrides: object = {}, headers = admin.bearer) =>
    (await ask({ name: 'warehouse', permissions, ...overrides }, headers).expect(201)).body as MadeKey;
  const remove = (id: string, headers: Readonly<Record<string, string>> = admin.bearer) =>
    shop.http.delete(`/api/api-keys/${id}`).set(headers);
  const listUsers = (key: string, app = shop) => app.http.get('/api/users').set(show(key));
  const inDays = (days: number): string => new Date(shop.clock.now().getTime() + days * DAY_MS).toISOString();

  describe('when made', () => {
    it('are shown once, and kept as a hash', async () => {
      const expiresAt = inDays(30);
      const answer = await ask({ name: ' ERP ', permissions: ['sales:read', 'users:read'], expiresAt }).expect(201);
      const { key, ...rest } = answer.body;
      expect(rest).toEqual({
        id: expect.any(String),
        name: 'ERP',
        permissions: ['sales:read', 'users:read'],
        prefix: expect.stringMatching(/^tp_[\da-f]{12}$/),
        createdAt: expect.any(String),
        expiresAt,
        lastUsedAt: null,
      });
      expect(key).toMatch(new RegExp(`^${rest.prefix}_[\\w-]{43}$`));
      expect(answer.headers['cache-control']).toBe('no-store');
      const list = await shop.http.get('/api/api-keys').set(admin.bearer).expect(200);
      expect(list.body.items[0]).toEqual(rest);
      expect(list.text).not.toContain(key);
      const { rows } = await shop.db.query('SELECT api_keys::text AS text FROM api_keys WHERE id = $1', [rest.id]);
      expect(rows[0].text).not.toContain(key.slice(rest.prefix.length + 1));
    });

    it.each([
      ['name', {}],
      ['name', { name: '' }],
      ['name', { name: 'x'.repeat(101) }],
      ['name', { name: 'ERP\r\nX-Two: lines' }],
      ['permissions', { permissions: undefined }],
      ['permissions', { permissions: [] }],
      ['permissions', { permissions: 'sales:read' }],
      ['permissions', { permissions: ['sales:read', 'sales:read'] }],
      ['permissions', { permissions: ['everything'] }],
      ['permissions', { permissions: [['sales:read']] }],
      ['expiresAt', { expiresAt: 'tomorrow' }],
      ['expiresAt', { expiresAt: '2020-01-01T00:00:00Z' }],
      ['key', { key: 'tp_chosen' }],
      ['prefix', { prefix: 'tp_chosen' }],
      ['ownerId', { ownerId: newId() }],
    ])('are refused a wrong %s: %j', async (path, overrides) => {
      const name = path === 'name' ? undefined : 'erp';
      const answer = await ask({ name, permissions: ['sales:read'], ...overrides }).expect(400);
      expect(answer.body.errors).toEqual([expect.objectContaining({ path })]);
    });

    it('are made once under an Idempotency-Key, and the answer is kept where nobody can read it', async () => {
      const again = { ...admin.bearer, 'idempotency-key': newId() };
      const body = { name: 'once', permissions: ['sales:read'] };
      const first = await ask(body, again).expect(201);
      const second = await ask(body, again).expect(201);
      expect(second.body).toEqual(first.body);
      expect(second.headers).toMatchObject({
        'idempotency-replayed': 'true',
        'cache-control': 'no-store',
        location: `/api/api-keys/${first.body.id}`,
      });
      expect((await ask({ ...body, name: 'twice' }, again).expect(422)).body.code).toBe('idempotency_key_reused');
      const made = await shop.db.query(`SELECT FROM api_keys WHERE name = 'once'`);
      expect(made.rows).toHaveLength(1);
      const { rows } = await shop.db.query('SELECT body FROM idempotency_keys WHERE key = $1', [
        again['idempotency-key'],
      ]);
      expect(rows[0].body).not.toContain(first.body.key);
      expect(rows[0].body).not.toContain(first.body.id);
    });

    it('are the business of those alone who may make them', async () => {
      const [manager, customer] = [await createCustomer(shop, 'manager'), await createCustomer(shop)];
      for (const { bearer } of [manager, customer])
        await ask({ name: 'x', permissions: ['sales:read'] }, bearer).expect(403);
      await ask({ name: 'x', permissions: ['sales:read'] }, {}).expect(401);
    });

    it('are listed by page and by cursor', async () => {
      const made = [(await make(['sales:read'])).id, (await make(['sales:read'])).id].reverse();
      const page = await shop.http.get('/api/api-keys?perPage=1').set(admin.bearer).expect(200);
      expect(page.body).toMatchObject({ page: 1, perPage: 1, items: [{ id: made[0] }] });
      expect(page.body.total).toBeGreaterThan(1);
      const first = await shop.http.get('/api/api-keys?perPage=1&cursor=').set(admin.bearer).expect(200);
      const { nextCursor } = first.body;
      const next = await shop.http.get(`/api/api-keys?perPage=1&cursor=${nextCursor}`).set(admin.bearer).expect(200);
      expect(next.body.items[0].id).toBe(made[1]);
    });
  });

  describe('when used', () => {
    it('open what they name, and nothing else', async () => {
      const { key } = await make(['users:read']);
      await listUsers(key).expect(200);
      const answer = await shop.http.get('/api/admin/sales').set(show(key)).expect(403);
      expect(answer.body.code).toBe('forbidden');
    });

    it('open nothing that belongs to a customer', async () => {
      const { key } = await make(PERMISSIONS);
      for (const path of ['/api/users/me', '/api/sales', '/api/invoices', '/api/delivery-addresses', '/api/cart']) {
        expect((await shop.http.get(path).set(show(key)).expect(403)).body.code).toBe('forbidden');
      }
      await shop.http.get('/api/products').set(show(key)).expect(200);
    });

    it('read any invoice with invoices:read', async () => {
      const product = await createProduct(shop.db);
      await paidSale(shop, product.id);
      const { key } = await make(['invoices:read']);
      const list = await shop.http.get('/api/admin/invoices').set(show(key)).expect(200);
      const path = `/api/invoices/${list.body.items[0].id}`;
      await shop.http.get(path).set(show(key)).expect(200);
      await shop.http
        .get(path)
        .set(show((await make(['sales:read'])).key))
        .expect(403);
    });

    it('are not sent beside an access token', async () => {
      const { key } = await make(['users:read']);
      const answer = await listUsers(key).set(admin.bearer).expect(400);
      expect(answer.body.errors).toEqual([{ path: 'x-api-key', message: expect.any(String) }]);
    });

    it('are refused when they are not ours', async () => {
      const { key, prefix } = await make(['users:read']);
      const other = await make(['users:read']);
      const forged = [
        'x',
        prefix,
        `${key}x`,
        `${prefix}_${'A'.repeat(43)}`,
        `${prefix}_${other.key.slice(other.prefix.length + 1)}`,
        `tp_000000000000_${key.slice(prefix.length + 1)}`,
        `Bearer ${key}`,
        "tp_' OR 1=1 --",
      ];
      for (const text of forged) {
        const answer = await listUsers(text).expect(401);
        expect(answer.body.code).toBe('token_invalid');
        expect(answer.headers['www-authenticate']).toContain('invalid_token');
      }
      await shop.http.get('/api/cart').set(show('x')).expect(401);
      await shop.http
        .get('/api/users')
        .set({ authorization: `Bearer ${key}` })
        .expect(401);
    });

    it('are refused from the moment at which they expire', async () => {
      const { key } = await make(['users:read'], { expiresAt: inDays(1) });
      await listUsers(key).expect(200);
      shop.clock.advance(DAY_MS + 1);
      expect((await listUsers(key).expect(401)).body.code).toBe('token_expired');
      admin = await createCustomer(shop, 'admin');
    });

    it('are named as the actor, and have Idempotency-Keys of their own', async () => {
      const product = await createProduct(shop.db, { stock: 5 });
      const [one, other] = [await make(['inventory:write']), await make(['inventory:write'])];
      const path = `/api/products/${product.id}/stock-movements`;
      const move = (key: string) =>
        shop.http
          .post(path)
          .set(show(key))
          .set('Idempotency-Key', 'k')
          .send({ delta: 1, reason: 'receipt' })
          .expect(201);
      const first = await move(one.key);
      expect((await move(one.key)).headers['idempotency-replayed']).toBe('true');
      expect((await move(other.key)).body.id).not.toBe(first.body.id);
      await shop.http.put(`/api/products/${product.id}/stock`).set(show(one.key)).send({ quantity: 50 }).expect(200);
      const sql = 'SELECT actor_id FROM stock_movements WHERE product_id = $1 ORDER BY id OFFSET 1';
      const { rows } = await shop.db.query(sql, [product.id]);
      expect(rows.map((row) => row.actor_id)).toEqual([one.id, other.id, one.id]);
    });

    it('move sales on', async () => {
      const product = await createProduct(shop.db);
      const { saleId } = await paidSale(shop, product.id);
      const { id, key } = await make(['sales:write']);
      const path = `/api/admin/sales/${saleId}/status`;
      await shop.http.patch(path).set(show(key)).send({ status: 'shipped' }).expect(200);
      const sql = `SELECT actor FROM sale_history WHERE sale_id = $1 AND to_status = 'shipped'`;
      expect((await shop.db.query(sql, [saleId])).rows).toEqual([{ actor: id }]);
    });

    it('have their last use noted, once a minute', async () => {
      const { id, key } = await make(['users:read']);
      const lastUse = async (): Promise<Date | null> =>
        (await shop.db.query('SELECT last_used_at FROM api_keys WHERE id = $1', [id])).rows[0].last_used_at;
      const notes = jest.spyOn(shop.app.get(ApiKeysRepository, { strict: false }), 'noteUse');
      try {
        for (let use = 0; use < 5; use += 1) await listUsers(key).expect(200);
        await eventually(async () => expect(await lastUse()).toBeInstanceOf(Date));
        const first = await lastUse();
        expect(notes).toHaveBeenCalledTimes(1);
        shop.clock.advance(61_000);
        await listUsers(key).expect(200);
        await eventually(async () => expect(await lastUse()).not.toEqual(first));
      } finally {
        notes.mockRestore();
      }
    });

    it('are looked up once for many requests', async () => {
      const { key } = await make(['users:read']);
      const lookUps = jest.spyOn(shop.app.get(ApiKeysRepository, { strict: false }), 'find');
      try {
        await Promise.all(Array.from({ length: 20 }, () => listUsers(key).expect(200)));
        expect(lookUps.mock.calls.length).toBeLessThan(10);
      } finally {
        lookUps.mockRestore();
      }
    });
  });

  describe('when revoked', () => {
    it('are refused at once here, and soon on other replicas', async () => {
      const { id, key } = await make(['users:read']);
      await listUsers(key, shop).expect(200);
      await listUsers(key, replica).expect(200);
      await remove(id).expect(204);
      expect((await listUsers(key, shop).expect(401)).body.code).toBe('token_revoked');
      await eventually(() => listUsers(key, replica).expect(401));
      const list = await shop.http.get('/api/api-keys?perPage=100').set(admin.bearer).expect(200);
      expect(list.body.items.map((item: MadeKey) => item.id)).not.toContain(id);
    });

    it('do not come back', async () => {
      const { id } = await make(['users:read']);
      await remove(id).expect(204);
      for (const gone of [id, newId(), 'nothing']) {
        expect((await remove(gone).expect(404)).body.code).toBe('api_key_not_found');
      }
    });

    it('take along the keys that they made', async () => {
      const parent = await make(['api-keys:write', 'users:read']);
      const child = await make(['users:read'], {}, show(parent.key) as typeof admin.bearer);
      await listUsers(child.key).expect(200);
      await remove(parent.id).expect(204);
      expect((await listUsers(child.key).expect(401)).body.code).toBe('token_revoked');
    });

    it('cannot make another at the same moment', async () => {
      const parent = await make(['api-keys:write', 'users:read']);
      const asking = Array.from({ length: 8 }, () =>
        ask({ name: 'child', permissions: ['users:read'] }, show(parent.key)),
      );
      const [, ...answers] = await Promise.all([remove(parent.id).expect(204), ...asking]);
      for (const { status, body } of answers) {
        expect([201, 401]).toContain(status);
        if (status === 201) await listUsers(body.key).expect(401);
      }
    });
  });

  describe('never allow more than', () => {
    it('the key that made them, in what and for how long', async () => {
      const expiresAt = inDays(2);
      const parent = await make(['api-keys:write', 'users:read'], { expiresAt });
      const by = show(parent.key);
      for (const permissions of [['sales:read'], ['users:read', 'users:write'], ['api-keys:write']]) {
        const answer = await ask({ name: 'child', permissions }, by).expect(403);
        expect(answer.body).toMatchObject({ code: 'forbidden', errors: [{ path: 'permissions' }] });
      }
      await ask({ name: 'child', permissions: ['users:read'], expiresAt: inDays(3) }, by).expect(400);
      const child = await ask({ name: 'child', permissions: ['users:read'] }, by).expect(201);
      expect(child.body.expiresAt).toBe(expiresAt);
    });

    it('somebody whom they would change or erase', async () => {
      const { key } = await make(['users:read', 'users:write']);
      const [colleague, customer] = [await createCustomer(shop, 'admin'), await createCustomer(shop)];
      const change = (id: string, body: object) => shop.http.patch(`/api/users/${id}`).set(show(key)).send(body);
      const erase = (id: string) => shop.http.delete(`/api/users/${id}`).set(show(key));
      for (const body of [{ role: 'customer' }, { active: false }, { active: true }]) {
        expect((await change(colleague.id, body).expect(403)).body.code).toBe('forbidden');
      }
      await erase(colleague.id).expect(403);
      await shop.http.get('/api/users/me').set(colleague.bearer).expect(200);
      await change(customer.id, { active: false }).expect(200);
      await erase(customer.id).expect(204);
    });

    it('the role that their maker still has', async () => {
      const maker = await createCustomer(shop, 'admin');
      const { key } = await make(['users:read', 'users:write'], {}, maker.bearer);
      const change = (body: object) =>
        shop.http.patch(`/api/users/${maker.id}`).set(admin.bearer).send(body).expect(200);
      const write = () => shop.http.patch(`/api/users/${newId()}`).set(show(key)).send({ active: true });
      await write().expect(404);
      await change({ role: 'support' });
      await eventually(() => write().expect(403));
      await listUsers(key).expect(200);
      await change({ active: false });
      await eventually(async () => expect((await listUsers(key).expect(401)).body.code).toBe('token_revoked'));
      await change({ active: true });
      await eventually(() => listUsers(key).expect(200));
    });
  });
});
