import { Readable } from 'node:stream';
import pg from 'pg';
import { PasswordsService } from '../../src/modules/auth/passwords.service.js';
import { CatalogueImportService } from '../../src/modules/products/import/catalogue-import.service.js';
import { withinCommand } from '../../src/platform/security/request-context.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { paidSale } from '../support/buying.js';
import { bearer, logIn, PASSWORD, type Person, register, registerStaff } from '../support/people.js';
import { readToken } from '../support/tokens.js';

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly actorId: string | null;
  readonly tokenId: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

let shop: TestApp;
let admin: Person;

beforeAll(async () => {
  shop = await startApp();
  admin = await registerStaff(shop, 'admin');
});
afterAll(() => shop.close());

const list = (query: object, { accessToken }: Person = admin) =>
  shop.http.get('/api/admin/audit').set(bearer(accessToken)).query(query);

async function entries(query: object): Promise<Entry[]> {
  return (await list({ perPage: 100, ...query }).expect(200)).body.items;
}

async function actionsOn(subjectId: string): Promise<string[]> {
  return (await entries({ subjectId })).map(({ action }) => action).reverse();
}

const send = (
  method: 'get' | 'post' | 'patch' | 'put' | 'delete',
  path: string,
  body?: object,
  { accessToken } = admin,
) => shop.http[method](path).set(bearer(accessToken)).send(body);

describe('an entry of the audit log', () => {
  it('tells who did what to which thing, before and after, from where and with which token', async () => {
    const person = await register(shop);
    const request = send('patch', `/api/users/${person.id}`, { role: 'support' });
    await request.set('x-request-id', 'promotion-1').expect(200);
    const [entry] = await entries({ subjectId: person.id });
    expect(entry).toMatchObject({
      actor: 'user',
      actorId: admin.id,
      tokenId: readToken(admin.accessToken).claims.jti,
      address: expect.stringMatching(/127\.0\.0\.1$/),
      requestId: 'promotion-1',
      action: 'user.role_changed',
      subjectType: 'user',
      before: { role: 'customer' },
      after: { role: 'support' },
    });
  });

  it('is not written where the act was refused or changed nothing', async () => {
    const person = await register(shop);
    await send('patch', `/api/users/${person.id}`, { role: 'customer', active: true }).expect(200);
    await send('patch', `/api/users/${person.id}`, { role: 'root' }).expect(400);
    await send('patch', `/api/users/${person.id}`, { role: 'admin' }, person).expect(403);
    expect(await actionsOn(person.id)).toEqual(['user.registered']);
  });

  it('stands for each opening and closing of an account', async () => {
    const person = await register(shop);
    await send('patch', `/api/users/${person.id}`, { active: false }).expect(200);
    await send('patch', `/api/users/${person.id}`, { active: true }).expect(200);
    expect(await actionsOn(person.id)).toEqual(['user.registered', 'user.deactivated', 'user.activated']);
  });

  it('stands for what somebody does with their sessions and password, and never holds a secret', async () => {
    const person = await register(shop);
    const again = await logIn(shop, person.email);
    const passwords = { currentPassword: PASSWORD, newPassword: 'Quiet-otter-53' };
    await send('post', '/api/users/me/password', { ...passwords, currentPassword: 'wrong' }, again).expect(401);
    await send('post', '/api/users/me/password', passwords, again).expect(204);
    await send('post', '/api/users/logout', undefined, again).expect(204);
    const last = await logIn(shop, person.email, 'Quiet-otter-53');
    await send('post', '/api/users/logout-all', undefined, last).expect(204);
    const found = (await entries({ subjectId: person.id })).reverse();
    expect(found.map(({ action }) => action)).toEqual([
      'user.registered',
      'user.logged_in',
      'user.password_change_failed',
      'user.password_changed',
      'user.logged_out',
      'user.logged_in',
      'user.logged_out_everywhere',
    ]);
    expect(new Set(found.map(({ actorId }) => actorId))).toEqual(new Set([person.id]));
    const { rows } = await shop.db.query('SELECT to_jsonb(audit_log)::text AS line FROM audit_log');
    expect(rows.map(({ line }) => line).join()).not.toMatch(/argon2|Quiet-otter|eyJ/);
  });

  it('tells which fields of an account changed for good, and what stood in them until the person is erased', async () => {
    const person = await register(shop, { name: 'Old Name' });
    await shop.db.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [person.id]);
    const email = `new-${person.email}`;
    await send('patch', '/api/users/me', { name: 'New Name', email }, person).expect(200);
    await send('patch', '/api/users/me', { name: 'New Name' }, person).expect(200);
    await send('patch', '/api/users/me', { username: null }, person).expect(200);
    const found = await entries({ subjectId: person.id, action: 'user.profile_changed' });
    const fields = ['email', 'name'];
    expect(found).toEqual([
      expect.objectContaining({
        actorId: person.id,
        before: { emailVerified: true, email: person.email, name: 'Old Name' },
        after: { emailVerified: false, fields, email, name: 'New Name' },
      }),
    ]);
    await send('delete', '/api/users/me', undefined, person).expect(204);
    const [left] = await entries({ subjectId: person.id, action: 'user.profile_changed' });
    expect(left).toMatchObject({ before: { emailVerified: true }, after: { emailVerified: false, fields } });
    expect(JSON.stringify(left)).not.toMatch(/Name|@/);
  });

  it('tells of a person to nobody but them and those who may read the log', async () => {
    const person = await register(shop);
    await send('patch', '/api/users/me', { name: 'Somebody Else' }, person).expect(200);
    const own = await send('get', '/api/users/me/export', undefined, person).expect(200);
    const changed = own.body.auditEntries.find(({ action }: Entry) => action === 'user.profile_changed');
    expect(changed).toMatchObject({ before: { name: 'Ada Lovelace' }, after: { name: 'Somebody Else' } });
  });

  it('stands for the run of an import, which tells of all that it made, and for each product that it changed; not for a dry run', async () => {
    const imports = shop.app.get(CatalogueImportService, { strict: false });
    const source = async function* () {
      yield Buffer.from('sku,name,price\nIMP-1,Chair,5.00\nIMP-2,Table,nothing\n');
    };
    await withinCommand(() => imports.run(source(), { format: 'csv', dryRun: true }));
    expect(await entries({ subjectType: 'catalogue_import' })).toEqual([]);
    await withinCommand(() => imports.run(source(), { format: 'csv' }));
    const [imported, started] = await entries({ subjectType: 'catalogue_import' });
    expect(started).toMatchObject({ action: 'catalogue.import_started', actor: 'cli', after: { format: 'csv' } });
    expect(imported).toMatchObject({
      action: 'catalogue.imported',
      subjectId: started?.subjectId,
      after: { processed: 2, created: 1, refused: 1 },
    });
    const { rows } = await shop.db.query(`SELECT id FROM products WHERE sku = 'IMP-1'`);
    const about = () => entries({ subjectType: 'product', subjectId: rows[0].id });
    expect(await about()).toEqual([]);
    const changed = Readable.from([Buffer.from('sku,name,price\nIMP-1,Chair,6.00\n')]);
    await withinCommand(() => imports.run(changed, { format: 'csv' }));
    expect(await about()).toMatchObject([
      { action: 'product.updated', actor: 'cli', before: { price: '5.00' }, after: { price: '6.00' } },
    ]);
  });

  it('stands for a failed login, whether or not there is such an account, and names nobody', async () => {
    const person = await register(shop);
    const failed = (email: string) =>
      shop.http.post('/api/users/login').send({ email, password: 'Wrong-otter-52' }).expect(401);
    await failed(person.email);
    await failed('nobody@example.com');
    const [unknown, known] = await entries({ action: 'user.login_failed' });
    expect(known).toMatchObject({ actor: 'anonymous', actorId: null, tokenId: null, subjectId: person.id });
    expect(unknown).toMatchObject({ actor: 'anonymous', subjectId: null, before: null, after: null });
    expect(known?.address).toMatch(/127\.0\.0\.1$/);
  });

  it('stands for a refresh token that is shown again', async () => {
    const person = await register(shop);
    const refresh = () => shop.http.post('/api/users/refresh').send({ refreshToken: person.refreshToken });
    await refresh().expect(200);
    await refresh().expect(401);
    const [entry] = await entries({ subjectId: person.id });
    expect(entry).toMatchObject({ action: 'user.refresh_token_reused', actor: 'anonymous' });
    expect(entry?.after).toEqual({ familyId: readToken(person.accessToken).claims.sid });
  });

  it('stands for each change of the catalogue and of stock by staff', async () => {
    const input = { sku: 'AUD-1', name: 'Lamp', price: '10.00', stock: 5 };
    const { body: product } = await send('post', '/api/products', input).expect(201);
    await send('patch', `/api/products/${product.id}`, { price: '12.50', name: 'Lamp' }).expect(200);
    await send('put', `/api/products/${product.id}/stock`, { quantity: 7 }).expect(200);
    const movement = { delta: -2, reason: 'adjustment' };
    await send('post', `/api/products/${product.id}/stock-movements`, movement).expect(201);
    await send('delete', `/api/products/${product.id}`).expect(204);
    const found = (await entries({ subjectId: product.id })).reverse();
    expect(found.map(({ action, before, after }) => [action, before, after])).toEqual([
      ['product.created', null, expect.objectContaining({ sku: 'AUD-1', name: 'Lamp', price: '10.00' })],
      ['product.updated', { price: '10.00' }, { price: '12.50' }],
      ['stock.changed', { stock: 5 }, { stock: 7, reason: 'adjustment' }],
      ['stock.changed', { stock: 7 }, { stock: 5, reason: 'adjustment' }],
      ['product.archived', { archived: false }, { archived: true }],
    ]);
  });

  it('stands for each change of a category', async () => {
    const { body: category } = await send('post', '/api/categories', { name: 'Lamps' }).expect(201);
    await send('patch', `/api/categories/${category.id}`, { name: 'Lights' }).expect(200);
    await send('delete', `/api/categories/${category.id}`).expect(204);
    const found = (await entries({ subjectId: category.id })).reverse();
    expect(found.map(({ action, before, after }) => [action, before, after])).toEqual([
      ['category.created', null, category],
      ['category.updated', { name: 'Lamps' }, { name: 'Lights' }],
      ['category.deleted', { ...category, name: 'Lights' }, null],
    ]);
  });

  it('stands for what staff do to a sale, and not for what its buyer does', async () => {
    const product = await createProduct(shop.db);
    const { saleId } = await paidSale(shop, product.id);
    expect(await actionsOn(saleId)).toEqual([]);
    const parcel = { status: 'shipped', carrier: 'DHL', trackingNumber: 'JD01', note: 'For Ada Lovelace' };
    await send('patch', `/api/admin/sales/${saleId}/status`, parcel).expect(200);
    await send('patch', `/api/admin/sales/${saleId}/status`, { status: 'cancelled' }).expect(409);
    expect(await entries({ subjectType: 'sale' })).toEqual([
      expect.objectContaining({
        action: 'sale.status_changed',
        subjectId: saleId,
        before: { status: 'confirmed', carrier: null, trackingNumber: null },
        after: { status: 'shipped', carrier: 'DHL', trackingNumber: 'JD01' },
      }),
    ]);
  });

  it('stands for an administrator that is made on the command line', async () => {
    const auth = shop.app.get(PasswordsService, { strict: false });
    const made = { email: 'cli@example.com', password: PASSWORD, name: 'Root' };
    await withinCommand(() => auth.makeAdministrator(made));
    const [entry] = await entries({ action: 'user.administrator_made' });
    expect(entry).toMatchObject({ actor: 'cli', actorId: null, address: null, subjectType: 'user' });
    expect(entry?.after).toEqual({ role: 'admin', active: true, created: true });
  });
});

describe('what the audit log knows of people', () => {
  it.each(['audit_details', 'audit_addresses'])('cannot be changed in %s, only erased', async (table) => {
    const person = await register(shop);
    await send('patch', '/api/users/me', { name: 'Renamed' }, person).expect(200);
    const change = shop.db.query(`UPDATE ${table} SET person_id = person_id`);
    await expect(change).rejects.toMatchObject({ code: '23001' });
  });
});

describe('the audit log', () => {
  it.each(['UPDATE audit_log SET action = action', 'DELETE FROM audit_log', 'TRUNCATE audit_log CASCADE'])(
    'refuses “%s” to the owner of the schema',
    async (sql) => {
      await expect(shop.db.query(sql)).rejects.toMatchObject({ code: '23001' });
    },
  );

  it.each(['UPDATE audit_log SET action = action', 'DELETE FROM audit_log', 'TRUNCATE audit_log CASCADE'])(
    'gives the application no right to “%s”',
    async (sql) => {
      const client = new pg.Client({ connectionString: shop.database.url });
      await client.connect();
      try {
        await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
      } finally {
        await client.end();
      }
    },
  );

  it('is for those alone who may read it', async () => {
    for (const role of ['customer', 'support', 'manager']) await list({}, await registerStaff(shop, role)).expect(403);
    await shop.http.get('/api/admin/audit').expect(401);
  });

  it('is listed newest first, by page and by cursor', async () => {
    const person = await register(shop);
    for (const active of [false, true, false]) await send('patch', `/api/users/${person.id}`, { active }).expect(200);
    const all = (await entries({ subjectId: person.id })).map(({ id }) => id);
    const page = await list({ subjectId: person.id, perPage: 2 }).expect(200);
    expect(page.body).toMatchObject({ page: 1, perPage: 2, total: 4 });
    expect(page.headers.link).toContain('rel="next"');
    const first = await list({ subjectId: person.id, perPage: 2, cursor: '' }).expect(200);
    const last = await list({ subjectId: person.id, perPage: 2, cursor: first.body.nextCursor }).expect(200);
    expect(last.body.nextCursor).toBeNull();
    expect([...first.body.items, ...last.body.items].map(({ id }: Entry) => id)).toEqual(all);
    expect(all).toEqual([...all].sort().reverse());
  });

  it('is searched by actor, action, subject and time', async () => {
    const person = await register(shop);
    await send('patch', `/api/users/${person.id}`, { role: 'support' }).expect(200);
    const [entry] = await entries({ subjectId: person.id });
    const found = async (query: object): Promise<boolean> => (await entries(query)).some(({ id }) => id === entry?.id);
    const soon = new Date(Date.parse(entry?.at ?? '') + 1).toISOString();
    expect(await found({ actorId: admin.id })).toBe(true);
    expect(await found({ actorId: person.id })).toBe(false);
    expect(await found({ subjectType: 'user', action: 'user.role_changed' })).toBe(true);
    expect(await found({ subjectType: 'sale' })).toBe(false);
    expect(await found({ from: entry?.at, to: soon })).toBe(true);
    expect(await found({ to: entry?.at })).toBe(false);
    expect(await found({ from: soon })).toBe(false);
  });

  it.each([{ actorId: 'me' }, { from: 'yesterday' }, { sort: 'at' }, { cursor: 'x' }, { action: ['a', 'b'] }])(
    'refuses the query %j',
    async (query) => {
      await list(query).expect(400);
    },
  );
});
