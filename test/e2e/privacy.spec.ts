import { randomUUID } from 'node:crypto';
import { PrivacyService } from '../../src/modules/privacy/privacy.service.js';
import { createProduct, type TestProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, logIn, PASSWORD, type Person, register, registerStaff } from '../support/people.js';
import { whereabouts } from '../support/whereabouts.js';

/** Words that stand nowhere but in what this person has given. */
const NAME = 'Wilhelmina Ferrabosco';
const STREET = '77 Quillfeather Row';
const USERNAME = 'ferrabosco';

const ADDRESS = {
  recipient: NAME,
  line1: STREET,
  line2: 'c/o Wilhelmina',
  city: 'Larkspur-on-Sea',
  region: 'Devon',
  postalCode: 'LK7 7QF',
  country: 'GB',
  phone: '+44 1632 960777',
};

let shop: TestApp;
let admin: Person;
let product: TestProduct;

beforeAll(async () => {
  shop = await startApp();
  admin = await registerStaff(shop, 'admin');
  product = await createProduct(shop.db);
});
afterAll(() => shop.close());

const as = (person: Person) => ({
  get: (path: string) => shop.http.get(path).set(bearer(person.accessToken)),
  post: (path: string, body?: object) =>
    shop.http.post(path).set(bearer(person.accessToken)).set('Idempotency-Key', randomUUID()).send(body),
  patch: (path: string, body: object) => shop.http.patch(path).set(bearer(person.accessToken)).send(body),
  delete: (path: string) => shop.http.delete(path).set(bearer(person.accessToken)),
});

/** A customer who has left something in every corner of the shop: a paid sale, a cancelled one and an open one. */
async function busyCustomer(): Promise<Person & { readonly saleId: string; readonly cancelledId: string }> {
  const person = await register(shop, { name: NAME, username: `${USERNAME}-${randomUUID().slice(0, 8)}` });
  const { get, post } = as(person);
  await post('/api/delivery-addresses', { ...ADDRESS, label: 'Wilhelmina’s' }).expect(201);
  const place = async (): Promise<string> => {
    await post('/api/cart/items', { productId: product.id, quantity: 2 }).expect(200);
    return (await post('/api/sales', {}).expect(201)).body.id;
  };
  const pay = (id: string) => post(`/api/sales/${id}/payments`, { provider: 'sandbox', method: 'ok' }).expect(201);
  const [saleId, cancelledId] = [await place(), await place()];
  await Promise.all([pay(saleId), pay(cancelledId)]);
  await post(`/api/sales/${cancelledId}/cancel`, { reason: `${NAME} has moved away` }).expect(200);
  await place();
  await post('/api/cart/items', { productId: product.id, quantity: 1 }).expect(200);
  await logIn(shop, person.email);
  await shop.http.post('/api/users/login').send({ email: person.email, password: 'Wrong-otter-1' }).expect(401);
  await get('/api/cart').expect(200);
  return { ...person, saleId, cancelledId };
}

/** Every column where one of some words stands, the books apart. */
const outsideTheBooks = async (words: readonly string[]): Promise<string[]> =>
  (await whereabouts(shop.db, words)).filter((column) => !column.startsWith('invoices.'));

/** Erases whoever other cases have left behind with the same name. */
async function eraseNamesakes(): Promise<void> {
  const { rows } = await shop.db.query<{ id: string }>('SELECT id FROM users WHERE name = $1', [NAME]);
  for (const { id } of rows) await as(admin).delete(`/api/users/${id}`).expect(204);
}

const wordsOf = ({ email }: Person): string[] => [
  email,
  'Wilhelmina',
  'Ferrabosco',
  'Quillfeather',
  'Larkspur',
  'LK7 7QF',
  '960777',
];

describe('the export of a person', () => {
  it('holds everything that the shop knows of them, and no secret', async () => {
    const person = await busyCustomer();
    const other = await busyCustomer();
    const { body, text, headers } = await as(person).get('/api/users/me/export').expect(200);
    expect(headers['cache-control']).toBe('no-store');
    const { body: document } = await shop.http.get('/openapi.json').expect(200);
    expect(Object.keys(document.components.schemas.UserExport.properties).sort()).toEqual(Object.keys(body).sort());
    expect(body).toMatchObject({
      exportedAt: expect.any(String),
      account: { id: person.id, email: person.email, name: NAME, role: 'customer', active: true },
      deliveryAddresses: [expect.objectContaining({ ...ADDRESS, isDefault: true })],
      cart: { items: [expect.objectContaining({ productId: product.id, quantity: 1 })] },
    });
    expect(body.sales).toHaveLength(3);
    expect(body.sales.at(-1)).toMatchObject({
      id: person.saleId,
      email: person.email,
      items: [{ sku: product.sku, quantity: 2, lineTotal: '20.00' }],
      deliveryAddress: ADDRESS,
      history: [{ status: 'pending' }, { status: 'confirmed' }],
    });
    expect(body.payments).toHaveLength(2);
    expect(body.payments[1].refunds).toEqual([expect.objectContaining({ reason: `${NAME} has moved away` })]);
    expect(body.invoices.map(({ kind }: { kind: string }) => kind).sort()).toEqual([
      'credit_note',
      'invoice',
      'invoice',
    ]);
    expect(body.sessions).toHaveLength(2);
    expect(body.idempotencyKeys.length).toBeGreaterThan(3);
    expect(body.auditEntries.map(({ action }: { action: string }) => action)).toEqual([
      'user.registered',
      'user.logged_in',
      'user.login_failed',
    ]);
    expect(text).not.toMatch(/argon2|password|hash/i);
    expect(text).not.toContain(other.id);
    expect(text).not.toContain(other.email);
  });

  it('says of each session whether it goes on, however it has ended', async () => {
    const person = await register(shop);
    await logIn(shop, person.email);
    const { accessToken } = await logIn(shop, person.email);
    await shop.http.post('/api/users/logout-all').set(bearer(accessToken)).expect(204);
    const again = await logIn(shop, person.email);
    const { body } = await as(again).get('/api/users/me/export').expect(200);
    expect(body.sessions.map(({ live }: { live: boolean }) => live)).toEqual([false, false, false, true]);
  });

  it('is noted in the audit log, and says not where staff sat who changed the account', async () => {
    const person = await register(shop);
    await as(admin).patch(`/api/users/${person.id}`, { active: false }).expect(200);
    await as(admin).patch(`/api/users/${person.id}`, { active: true }).expect(200);
    const again = await logIn(shop, person.email);
    await as(again).get('/api/users/me/export').expect(200);
    const { body } = await as(again).get('/api/users/me/export').expect(200);
    const [, closed, , , exported] = body.auditEntries;
    expect(closed).toMatchObject({ action: 'user.deactivated', actorId: admin.id, address: null, tokenId: null });
    expect(exported).toMatchObject({ action: 'user.exported', actorId: person.id });
    expect(exported.address).not.toBeNull();
  });
});

describe('the erasure of a person', () => {
  it('leaves neither their name nor their addresses in any column but those of the invoices', async () => {
    const person = await busyCustomer();
    expect(await outsideTheBooks(wordsOf(person))).toEqual(
      expect.arrayContaining(['users.email', 'sales.delivery_address', 'sale_history.note', 'idempotency_keys.body']),
    );
    await as(person).delete('/api/users/me').expect(204);
    await eraseNamesakes();
    expect(await outsideTheBooks(wordsOf(person))).toEqual([]);
    const { rows } = await shop.db.query('SELECT FROM audit_addresses WHERE person_id = $1', [person.id]);
    expect(rows).toEqual([]);
  });

  it('keeps the books: invoices as they were, and sales with their amounts, lines, country and region', async () => {
    const person = await busyCustomer();
    const books = () =>
      shop.db.query('SELECT to_jsonb(v) AS invoice FROM invoices v WHERE user_id = $1 ORDER BY id', [person.id]);
    const [invoices, { body: before }] = [await books(), await as(admin).get(`/api/admin/sales/${person.saleId}`)];
    await as(person).delete('/api/users/me').expect(204);
    expect(invoices.rows).toHaveLength(3);
    expect((await books()).rows).toEqual(invoices.rows);
    const { body: after } = await as(admin).get(`/api/admin/sales/${person.saleId}`).expect(200);
    const nowhere = { label: null, recipient: '', line1: '', line2: null, city: '', postalCode: '', phone: null };
    const deliveryAddress = { ...nowhere, region: 'Devon', country: 'GB' };
    expect(after).toEqual({ ...before, email: null, deliveryAddress });
  });

  it('lets a later credit note name the buyer as the invoice did', async () => {
    const person = await busyCustomer();
    await as(person).delete('/api/users/me').expect(204);
    await as(admin).patch(`/api/admin/sales/${person.saleId}/status`, { status: 'cancelled' }).expect(200);
    const { rows } = await shop.db.query('SELECT kind, buyer FROM invoices WHERE sale_id = $1 ORDER BY id', [
      person.saleId,
    ]);
    expect(rows.map(({ kind }) => kind)).toEqual(['invoice', 'credit_note']);
    expect(rows[1].buyer).toEqual(rows[0].buyer);
    expect(rows[0].buyer.name).toBe(NAME);
  });

  it('ends every session, and frees the email address and the username', async () => {
    const username = `again-${randomUUID().slice(0, 8)}`;
    const person = await register(shop, { username });
    const other = await logIn(shop, person.email);
    await as(person).delete('/api/users/me').expect(204);
    for (const { accessToken, refreshToken } of [person, other]) {
      await shop.http.get('/api/users/me').set(bearer(accessToken)).expect(401);
      await shop.http.post('/api/users/refresh').send({ refreshToken }).expect(401);
    }
    await shop.http.post('/api/users/login').send({ email: person.email, password: PASSWORD }).expect(401);
    await as(admin).get(`/api/users/${person.id}`).expect(404);
    const { id } = await register(shop, { email: person.email, username });
    expect(id).not.toBe(person.id);
  });

  it('keeps who did what in the audit log, without the network address', async () => {
    const person = await register(shop);
    const { accessToken } = await logIn(shop, person.email);
    await shop.http.delete('/api/users/me').set(bearer(accessToken)).expect(204);
    const { body } = await as(admin).get(`/api/admin/audit?subjectId=${person.id}`).expect(200);
    expect(body.items).toEqual([
      expect.objectContaining({ action: 'user.erased', actorId: person.id, address: null }),
      expect.objectContaining({ action: 'user.logged_in', actorId: person.id, address: null }),
      expect.objectContaining({ action: 'user.registered', actorId: person.id, address: null }),
    ]);
  });

  it('takes away where the machines were that used their API keys', async () => {
    const [maker, customer] = [await registerStaff(shop, 'admin'), await register(shop)];
    const made = await as(maker)
      .post('/api/api-keys', { name: 'crm', permissions: ['users:write'] })
      .expect(201);
    const { id, key } = made.body;
    await shop.http.patch(`/api/users/${customer.id}`).set('x-api-key', key).send({ active: false }).expect(200);
    const entries = async () => (await as(admin).get(`/api/admin/audit?actorId=${id}`).expect(200)).body.items;
    expect(await entries()).toEqual([expect.objectContaining({ actor: 'api_key', address: expect.any(String) })]);
    await as(maker).delete('/api/users/me').expect(204);
    expect(await entries()).toEqual([expect.objectContaining({ actor: 'api_key', address: null })]);
  });

  it('takes away a note of a sale, and lets nobody write another or change anything else of its history', async () => {
    const { rows } = await shop.db.query('SELECT id FROM sale_history LIMIT 1');
    for (const set of [`note = 'x'`, 'note = NULL, at = now()', `to_status = 'shipped'`]) {
      const change = shop.db.query(`UPDATE sale_history SET ${set} WHERE id = $1`, [rows[0].id]);
      await expect(change).rejects.toMatchObject({ code: '23001' });
    }
    const removal = shop.db.query('DELETE FROM sale_history WHERE id = $1', [rows[0].id]);
    await expect(removal).rejects.toMatchObject({ code: '23001' });
  });

  it('reaches what a request that was under way wrote after it', async () => {
    const person = await register(shop);
    await as(person).delete('/api/users/me').expect(204);
    await shop.db.query(
      `INSERT INTO delivery_addresses (id, user_id, recipient, line1, city, postal_code, country, is_default, created_at,
         updated_at) VALUES ($1, $2, 'Late', 'Late', 'Late', 'Late', 'GB', false, now(), now())`,
      [randomUUID(), person.id],
    );
    await shop.app.get(PrivacyService, { strict: false }).eraseAftermath(new AbortController().signal);
    const { rows } = await shop.db.query('SELECT FROM delivery_addresses WHERE user_id = $1', [person.id]);
    expect(rows).toEqual([]);
  });

  it('does not get in the way of checkouts and payments that run beside it, nor they in its', async () => {
    for (let round = 0; round < 3; round += 1) {
      const person = await busyCustomer();
      const { get, post } = as(person);
      const { items: open } = (await get('/api/sales?status=pending').expect(200)).body;
      const answers = await Promise.all([
        ...[1, 2, 3].map(() => post('/api/sales', { items: [{ productId: product.id, quantity: 1 }] })),
        post('/api/sales', {}),
        post(`/api/sales/${open[0].id}/payments`, { provider: 'sandbox', method: 'ok' }),
        as(person).delete('/api/users/me'),
        post('/api/cart/items', { productId: product.id, quantity: 1 }),
        post('/api/delivery-addresses', ADDRESS),
      ]);
      expect(answers[5]?.status).toBe(204);
      expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
      await shop.app.get(PrivacyService, { strict: false }).eraseAftermath(new AbortController().signal);
      expect(await outsideTheBooks(wordsOf(person))).toEqual([]);
    }
  });

  it('is done by staff who may write users, to others than the unknown', async () => {
    const [person, support] = [await register(shop), await registerStaff(shop, 'support')];
    await as(support).delete(`/api/users/${person.id}`).expect(403);
    await as(admin).delete(`/api/users/${person.id}`).expect(204);
    expect((await as(admin).delete(`/api/users/${person.id}`).expect(404)).body.code).toBe('user_not_found');
    await as(admin).delete('/api/users/nobody').expect(404);
    await shop.http.delete('/api/users/me').expect(401);
    await shop.http.get('/api/users/me/export').expect(401);
  });

  it('is refused to the last administrator, and to one of the last two at once', async () => {
    expect((await as(admin).delete('/api/users/me').expect(409)).body.code).toBe('last_administrator');
    const second = await registerStaff(shop, 'admin');
    const answers = await Promise.all([as(admin).delete('/api/users/me'), as(second).delete('/api/users/me')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    const { rows } = await shop.db.query(`SELECT FROM users WHERE role = 'admin' AND active`);
    expect(rows).toHaveLength(1);
  });
});
