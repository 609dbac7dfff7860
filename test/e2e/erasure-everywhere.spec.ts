import { randomUUID } from 'node:crypto';
import type { Test } from 'supertest';
import { createLogger } from '../../src/platform/observability/logging.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { tokenTo } from '../support/mails.js';
import { signInAt, startProvider, type TestProvider } from '../support/oidc-sign-in.js';
import { bearer, PASSWORD, type Person, registerStaff } from '../support/people.js';
import { enrol } from '../support/second-factor.js';
import { whereabouts } from '../support/whereabouts.js';

/** Words that stand nowhere but in what this person has given. */
const FIRST_EMAIL = 'wilhelmina.ferrabosco@quillmail.example';
const EMAIL = 'mina@ferrabosco-post.example';
const NETWORK_ADDRESS = '198.51.100.77';
const SUBJECT = 'provider-subject-8812';
const WORDS = [
  'Wilhelmina',
  'Ferrabosco',
  'quillmail',
  'Quillfeather',
  'Larkspur',
  'LK7 7QF',
  '960777',
  NETWORK_ADDRESS,
  SUBJECT,
];
const ADDRESS = {
  label: 'Wilhelmina’s',
  recipient: 'Wilhelmina Ferrabosco',
  line1: '77 Quillfeather Row',
  line2: 'c/o Wilhelmina',
  city: 'Larkspur-on-Sea',
  region: 'Devon',
  postalCode: 'LK7 7QF',
  country: 'GB',
  phone: '+44 1632 960777',
};

describe('a person who has left something in every corner of the shop', () => {
  const lines: string[] = [];
  const secrets: string[] = [];
  let provider: TestProvider;
  let shop: TestApp;
  let admin: Person;
  let person: Person;

  beforeAll(async () => {
    provider = await startProvider();
    const logger = createLogger('trace', { write: (line: string) => lines.push(line) });
    shop = await startApp({ ...provider.settings, TRUSTED_PROXIES: '127.0.0.1' }, undefined, [], logger);
    admin = await registerStaff(shop, 'admin');
    person = await leaveTraces();
  });
  afterAll(async () => {
    await shop.close();
    await provider.stop();
  });

  const from = (request: Test): Test => request.set('x-forwarded-for', NETWORK_ADDRESS);
  const keep = <T extends string>(...texts: readonly T[]): void => void secrets.push(...texts);
  const send = (method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object, by = person): Test =>
    from(shop.http[method](path).set(bearer(by.accessToken)).set('Idempotency-Key', randomUUID()).send(body));
  const asAdmin = (method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object): Test =>
    shop.http[method](path).set(bearer(admin.accessToken)).send(body);

  /** By an invitation, as somebody of the staff; the address is confirmed by it. */
  async function comeIn(): Promise<Person> {
    await asAdmin('post', '/api/users/invitations', { email: FIRST_EMAIL, role: 'admin' }).expect(201);
    const token = await tokenTo(shop, FIRST_EMAIL, 'You are invited to Tradepost');
    keep(token);
    const body = { token, name: 'Wilhelmina Ferrabosco', password: PASSWORD };
    const accepted = await from(shop.http.post('/api/users/invitations/accept').send(body)).expect(201);
    keep(accepted.body.accessToken, accepted.body.refreshToken);
    return { ...accepted.body, id: accepted.body.user.id, email: FIRST_EMAIL };
  }

  async function linkIdentity(): Promise<void> {
    const begun = await from(shop.http.get('/api/users/oidc/authorize')).expect(302);
    const claims = { sub: SUBJECT, email: FIRST_EMAIL, email_verified: true, name: 'Wilhelmina F.' };
    const { search, searchParams } = await signInAt(begun.headers.location ?? '', claims);
    const jar = String(begun.headers['set-cookie']).split(';', 1)[0] ?? '';
    const answer = await from(shop.http.get(`/api/users/oidc/callback${search}`).set('Cookie', jar)).expect(200);
    keep(searchParams.get('code') ?? '', jar.split('=')[1] ?? '', answer.body.accessToken, answer.body.refreshToken);
  }

  async function shopAround(by: Person): Promise<void> {
    const product = await createProduct(shop.db);
    await send('post', '/api/delivery-addresses', ADDRESS, by).expect(201);
    const place = async (): Promise<string> => {
      await send('post', '/api/cart/items', { productId: product.id, quantity: 2 }, by).expect(200);
      return (await send('post', '/api/sales', {}, by).expect(201)).body.id;
    };
    const pay = { provider: 'sandbox', method: 'ok' };
    const [paid, cancelled] = [await place(), await place()];
    for (const id of [paid, cancelled]) await send('post', `/api/sales/${id}/payments`, pay, by).expect(201);
    const reason = 'Wilhelmina Ferrabosco has moved away';
    await send('post', `/api/sales/${cancelled}/cancel`, { reason }, by).expect(200);
    await place();
    await send('post', '/api/cart/items', { productId: product.id, quantity: 1 }, by).expect(200);
    const note = { status: 'shipped', note: 'Left with the neighbour of Wilhelmina Ferrabosco' };
    await asAdmin('patch', `/api/admin/sales/${paid}/status`, note).expect(200);
    await sendBack(paid, product.id, by);
  }

  async function sendBack(saleId: string, productId: string, by: Person): Promise<void> {
    await asAdmin('patch', `/api/admin/sales/${saleId}/status`, { status: 'delivered' }).expect(200);
    const wish = { items: [{ productId, quantity: 1 }], reason: 'Too small for Wilhelmina' };
    const { body } = await send('post', `/api/sales/${saleId}/returns`, wish, by).expect(201);
    const answer = { status: 'approved', note: 'Dear Wilhelmina, please do.' };
    await asAdmin('patch', `/api/admin/returns/${body.id}`, answer).expect(200);
    await asAdmin('patch', `/api/admin/returns/${body.id}`, { status: 'received' }).expect(200);
    const refund = { amount: '1.00', reason: 'Wilhelmina Ferrabosco was kept waiting' };
    const request = asAdmin('post', `/api/admin/sales/${saleId}/refunds`, refund);
    await request.set('Idempotency-Key', randomUUID()).expect(201);
  }

  async function workWith(by: Person): Promise<void> {
    const { secret, recoveryCodes, code } = await enrol(shop, { person: by });
    keep(secret.toString('hex'), secret.toString('base64'), ...recoveryCodes);
    const first = { email: FIRST_EMAIL, password: PASSWORD, otp: recoveryCodes[0] };
    await from(shop.http.post('/api/users/login').send(first)).expect(200);
    await from(shop.http.post('/api/users/login').send({ ...first, otp: code() })).expect(200);
    const terms = { name: 'Wilhelmina’s laptop', permissions: ['sales:read'] };
    keep((await send('post', '/api/api-keys', terms, by).expect(201)).body.key);
  }

  /** Changes the address to one that somebody else has been invited under, with mails and tokens on their way. */
  async function moveMailbox(by: Person): Promise<void> {
    await asAdmin('post', '/api/users/invitations', { email: EMAIL, role: 'support' }).expect(201);
    const change = { email: EMAIL, username: 'mina.ferrabosco' };
    await send('patch', '/api/users/me', change, by).expect(200);
    await send('post', '/api/users/email-verification', undefined, by).expect(202);
    keep(await tokenTo(shop, EMAIL, 'Confirm your email address'));
    await from(shop.http.post('/api/users/password-reset').send({ email: EMAIL })).expect(202);
    keep(await tokenTo(shop, EMAIL, 'Set a new password'));
    await from(shop.http.post('/api/users/login').send({ email: EMAIL, password: 'Wrong-otter-1' })).expect(401);
    await asAdmin('get', '/api/users?q=Wilhelmina').expect(200);
    await asAdmin('get', '/api/admin/sales?q=Ferrabosco');
    await asAdmin('get', `/api/users?q=${encodeURIComponent(EMAIL)}`).expect(200);
    await send('get', '/api/users/me/export', undefined, by).expect(200);
    await waitInQueue(by);
  }

  /** Mails that wait for a day before they are sent; one is asked for in full-width letters. */
  async function waitInQueue(by: Person): Promise<void> {
    await shop.db.query(
      `CREATE FUNCTION postpone() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         NEW.due_at := NEW.due_at + interval '1 day';
         NEW.expires_at := NEW.expires_at + interval '2 days';
         RETURN NEW;
       END $$`,
    );
    await shop.db.query(
      'CREATE TRIGGER postponed BEFORE INSERT ON mail_messages FOR EACH ROW EXECUTE FUNCTION postpone()',
    );
    const email = EMAIL.replace('@', '＠').toUpperCase();
    await from(shop.http.post('/api/users/password-reset').send({ email })).expect(202);
    await send('post', '/api/users/email-verification', undefined, by).expect(202);
    const { rows } = await shop.db.query('SELECT about FROM mail_messages ORDER BY id');
    expect(rows).toEqual([{ about: { email: EMAIL } }, { about: { userId: by.id } }]);
  }

  async function leaveTraces(): Promise<Person> {
    const by = await comeIn();
    await linkIdentity();
    await shopAround(by);
    await workWith(by);
    await moveMailbox(by);
    return by;
  }

  it('stands in all of them', async () => {
    expect(await whereabouts(shop.db, WORDS)).toEqual(
      expect.arrayContaining([
        'api_keys.name',
        'audit_addresses.address',
        'audit_details.after',
        'audit_details.before',
        'delivery_addresses.line1',
        'idempotency_keys.body',
        'invitations.email',
        'invoices.buyer',
        'mail_messages.about',
        'one_time_tokens.email_key',
        'refunds.reason',
        'sale_history.note',
        'sale_returns.note',
        'sale_returns.reason',
        'sales.delivery_address',
        'user_identities.subject',
        'users.email',
        'users.name',
        'users.username',
      ]),
    );
  });

  it('gets all of it out', async () => {
    const { body, text } = await send('get', '/api/users/me/export').expect(200);
    expect(body.apiKeys).toEqual([expect.objectContaining({ name: 'Wilhelmina’s laptop' })]);
    expect(body.returns).toMatchObject([{ reason: 'Too small for Wilhelmina', note: 'Dear Wilhelmina, please do.' }]);
    expect(body.signIn).toMatchObject({ identities: [{ subject: SUBJECT }], secondFactor: true });
    expect(body.auditEntries).toContainEqual(
      expect.objectContaining({
        action: 'user.profile_changed',
        before: expect.objectContaining({ email: FIRST_EMAIL }),
      }),
    );
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it('is named in no line of the log, and none holds a secret', () => {
    const log = lines.join('\n');
    expect(lines.length).toBeGreaterThan(50);
    expect(log).toContain('/api/users/oidc/callback');
    for (const word of [...WORDS, FIRST_EMAIL, EMAIL, 'mina.ferrabosco']) {
      expect(lines.filter((line) => line.toLowerCase().includes(word.toLowerCase()))).toEqual([]);
    }
    expect(secrets.length).toBeGreaterThan(15);
    for (const secret of secrets) expect(lines.filter((line) => line.includes(secret))).toEqual([]);
  });

  it('stands in the invoices alone once they are erased', async () => {
    const { rows: keys } = await shop.db.query('SELECT id FROM api_keys WHERE owner_id = $1', [person.id]);
    await send('delete', '/api/users/me').expect(204);
    expect(await whereabouts(shop.db, [...WORDS, EMAIL])).toEqual(['invoices.buyer']);
    const left = await shop.db.query(
      `SELECT (SELECT count(*) FROM totp_factors WHERE user_id = $1)::int AS factors,
         (SELECT count(*) FROM recovery_codes WHERE user_id = $1)::int AS codes,
         (SELECT count(*) FROM one_time_tokens WHERE user_id = $1)::int AS tokens,
         (SELECT count(*) FROM refresh_tokens WHERE user_id = $1)::int AS sessions,
         (SELECT count(*) FROM mail_messages WHERE about ->> 'userId' = $1::text)::int AS mails`,
      [person.id],
    );
    expect(left.rows).toEqual([{ factors: 0, codes: 0, tokens: 0, sessions: 0, mails: 0 }]);
    const revoked = await shop.db.query('SELECT id FROM api_keys WHERE revoked_at IS NOT NULL AND id = ANY ($1)', [
      keys.map(({ id }) => id),
    ]);
    expect(revoked.rows).toEqual(keys);
  });
});
