import { startApp, type TestApp } from '../support/app.js';
import { decoded, mailsTo } from '../support/mails.js';
import { bearer, logIn, type Person, register, registerStaff } from '../support/people.js';

const UNKNOWN_ID = '01996ab0-0000-7000-8000-000000000001';

describe('accounts', () => {
  let shop: TestApp;
  let admin: Person;

  beforeAll(async () => {
    shop = await startApp({ PASSWORD_HASH_MEMORY_KIB: '1024' });
    admin = await registerStaff(shop, 'admin');
  });
  afterAll(() => shop.close());

  const get = (path: string, { accessToken }: Person = admin) => shop.http.get(path).set(bearer(accessToken));
  const patch = (path: string, body: object, { accessToken }: Person = admin) =>
    shop.http.patch(path).set(bearer(accessToken)).send(body);

  describe('of one’s own', () => {
    it('are changed in the parts that are given', async () => {
      const person = await register(shop, { username: 'before' });
      const change = { name: 'Countess Lovelace', username: 'After' };
      const { body } = await patch('/api/users/me', change, person).expect(200);
      expect(body).toMatchObject({ id: person.id, email: person.email, ...change });
      expect((await patch('/api/users/me', { username: null }, person).expect(200)).body.username).toBeNull();
      expect((await get('/api/users/me', person)).body).toEqual({ ...body, username: null });
      expect((await patch('/api/users/me', {}, person).expect(200)).body.name).toBe('Countess Lovelace');
    });

    it('have to verify a new address, and no other writing of the old one', async () => {
      const person = await register(shop);
      await shop.db.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [person.id]);
      const upper = person.email.toUpperCase();
      const same = await patch('/api/users/me', { email: upper }, person).expect(200);
      expect(same.body).toMatchObject({ email: upper, emailVerified: true });
      const moved = await patch('/api/users/me', { email: `new-${person.email}` }, person).expect(200);
      expect(moved.body.emailVerified).toBe(false);
      await logIn(shop, `new-${person.email}`);
    });

    it('have the old address told of a new one, and not of another writing', async () => {
      const person = await register(shop);
      const upper = person.email.replace(/^[^@]+/, (local) => local.toUpperCase());
      const told = async () =>
        (
          await Promise.all([person.email, upper].map((to) => mailsTo(shop, to, 'Your account has another address')))
        ).flat();
      await patch('/api/users/me', { email: upper }, person).expect(200);
      await patch('/api/users/me', { name: 'Ada King' }, person).expect(200);
      expect(await told()).toEqual([]);
      await patch('/api/users/me', { email: `new.${person.email}` }, person).expect(200);
      const mails = await told();
      expect(mails).toHaveLength(1);
      expect(decoded(mails[0] ?? '')).not.toContain(`new.${person.email}`);
    });

    it.each(['Ada\r\nBcc: eve@example.com', 'Ada\tLovelace', 'Ada\u2028Lovelace', '\u202eecalevoL', '\u200b\u200d'])(
      'take no name like %j',
      async (name) => {
        const answer = await patch('/api/users/me', { name }, await register(shop)).expect(400);
        expect(answer.body.errors).toEqual([{ path: 'name', message: 'must be 1 to 200 characters on one line' }]);
      },
    );

    it('take names in every script', async () => {
      const person = await register(shop);
      for (const name of ['李小龍', 'Zoë O’Neill-Größ', 'علی‌رضا', 'אסתר', '🦔'])
        expect((await patch('/api/users/me', { name }, person).expect(200)).body.name).toBe(name);
    });

    it('cannot take the address or the name of another', async () => {
      const [one, other] = [await register(shop), await register(shop, { username: 'taken' })];
      const { body } = await patch('/api/users/me', { email: other.email.toUpperCase() }, one).expect(409);
      expect(body.code).toBe('email_taken');
      expect((await patch('/api/users/me', { username: 'TAKEN' }, one).expect(409)).body.code).toBe('username_taken');
    });

    it.each(['role', 'active', 'emailVerified', 'id', 'createdAt', 'passwordHash', '__proto__'])(
      'cannot be changed in their %s',
      async (field) => {
        const person = await register(shop);
        const json = `{"name":"X","${field}":"admin"}`;
        const request = shop.http.patch('/api/users/me').set(bearer(person.accessToken));
        await request.set('content-type', 'application/json').send(json).expect(400);
        expect((await get('/api/users/me', person).expect(200)).body).toMatchObject({
          role: 'customer',
          name: 'Ada Lovelace',
        });
      },
    );
  });

  describe('of others', () => {
    it('are closed to customers, and to change by those who may only read', async () => {
      const [customer, support] = [await register(shop), await registerStaff(shop, 'support')];
      await get('/api/users', customer).expect(403);
      await get(`/api/users/${admin.id}`, customer).expect(403);
      await get(`/api/users/${customer.id}`, support).expect(200);
      await patch(`/api/users/${support.id}`, { role: 'admin' }, support).expect(403);
      await shop.http.get('/api/users').expect(401);
    });

    it('are found by a part of their name, address or username, and by role and state', async () => {
      const person = await register(shop, { name: 'Zoë 100%_sure', username: 'zoe.q' });
      const found = async (query: object): Promise<string[]> =>
        (await get('/api/users').query(query).expect(200)).body.items.map(({ id }: { id: string }) => id);
      for (const q of ['zoë', '100%_s', person.email.slice(0, 20), 'ZOE.Q'])
        expect(await found({ q })).toEqual([person.id]);
      expect(await found({ q: '100__s' })).toEqual([]);
      expect(await found({ q: "'; DROP TABLE users; --" })).toEqual([]);
      await patch(`/api/users/${person.id}`, { active: false }).expect(200);
      expect(await found({ q: 'zoe.q', active: 'false' })).toEqual([person.id]);
      expect(await found({ q: 'zoe.q', active: 'true' })).toEqual([]);
      expect(await found({ q: 'zoe.q', role: 'support' })).toEqual([]);
    });

    it('are listed newest first, by page and by cursor', async () => {
      const ids: string[] = [];
      for (let index = 0; index < 3; index += 1) ids.unshift((await register(shop, { name: 'Paged' })).id);
      const page = await get('/api/users').query({ q: 'Paged', perPage: 2 }).expect(200);
      expect(page.body).toMatchObject({ page: 1, perPage: 2, total: 3 });
      const first = await get('/api/users').query({ q: 'Paged', perPage: 2, cursor: '' }).expect(200);
      expect(first.body).not.toHaveProperty('total');
      const cursor = first.body.nextCursor;
      const last = await get('/api/users').query({ q: 'Paged', perPage: 2, cursor }).expect(200);
      expect(last.body.nextCursor).toBeNull();
      expect([...first.body.items, ...last.body.items].map(({ id }: { id: string }) => id)).toEqual(ids);
      await get('/api/users').query({ cursor: 'nonsense' }).expect(400);
      await get('/api/users').query({ sort: 'password_hash' }).expect(400);
    });

    it('that do not exist are not found', async () => {
      for (const id of [UNKNOWN_ID, 'nobody']) {
        expect((await get(`/api/users/${id}`).expect(404)).body.code).toBe('user_not_found');
        expect((await patch(`/api/users/${id}`, { active: true }).expect(404)).body.code).toBe('user_not_found');
      }
    });

    it.each([{ role: 'root' }, { role: null }, { active: 'true' }, { active: 1 }, { email: 'x@example.com' }])(
      'take no %j',
      async (body) => {
        const person = await register(shop);
        await patch(`/api/users/${person.id}`, body).expect(400);
      },
    );
  });

  describe('of administrators', () => {
    it('keep one of them, whatever they do to each other at once', async () => {
      const other = await registerStaff(shop, 'admin');
      const answers = await Promise.all([
        patch(`/api/users/${other.id}`, { role: 'customer' }, admin),
        patch(`/api/users/${admin.id}`, { active: false }, other),
      ]);
      // The slower of the two is told either that it is the last, or that it is not one any longer.
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const { rows } = await shop.db.query(`SELECT id, email FROM users WHERE role = 'admin' AND active`);
      expect(rows).toHaveLength(1);
      admin = await logIn(shop, rows[0].email);
      for (const change of [{ role: 'manager' }, { active: false }]) {
        const answer = await patch(`/api/users/${admin.id}`, change).expect(409);
        expect(answer.body.code).toBe('last_administrator');
      }
    });
  });
});
