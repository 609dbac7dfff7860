import { randomBytes } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import { linkIn, mailsSettled, mailsTo, tokenTo } from '../support/mails.js';
import { bearer, logIn, PASSWORD, register, registerStaff } from '../support/people.js';

const SUBJECT = 'Set a new password';
const NEW_PASSWORD = 'Loud-walrus-25';
const HOUR_MS = 3_600_000;

describe('a forgotten password', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp({ PUBLIC_URL: 'https://shop.example/store/' });
  });
  afterAll(() => shop.close());

  const ask = (email: string) => shop.http.post('/api/users/password-reset').send({ email });
  const confirm = (token: unknown, newPassword: unknown = NEW_PASSWORD) =>
    shop.http.post('/api/users/password-reset/confirm').send({ token, newPassword });
  const refused = async (token: unknown, newPassword?: string): Promise<void> => {
    const { body } = await confirm(token, newPassword).expect(400);
    expect(body).toMatchObject({ code: 'invalid_token', errors: [{ path: 'token' }] });
  };
  const resetToken = async (email: string): Promise<string> => {
    await ask(email).expect(202, '');
    return tokenTo(shop, email, SUBJECT);
  };

  it('is replaced by a link to the address of the account, which works once', async () => {
    const { email } = await register(shop);
    const token = await resetToken(email);
    await confirm(token).expect(204, '');
    await logIn(shop, email, NEW_PASSWORD);
    await shop.http.post('/api/users/login').send({ email, password: PASSWORD }).expect(401);
    await refused(token, 'Third-badger-77');
    await logIn(shop, email, NEW_PASSWORD);
    expect(await mailsTo(shop, email, 'Your password was changed')).toHaveLength(1);
  });

  it('is replaced once by ten requests at once', async () => {
    const { email } = await register(shop);
    const token = await resetToken(email);
    const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(9).fill(400)]);
  });

  it('ends every session when it is replaced', async () => {
    const first = await register(shop);
    const other = await logIn(shop, first.email);
    await confirm(await resetToken(first.email)).expect(204);
    for (const { accessToken, refreshToken } of [first, other]) {
      const me = await shop.http.get('/api/users/me').set(bearer(accessToken)).expect(401);
      expect(me.body.code).toBe('token_revoked');
      await shop.http.post('/api/users/refresh').send({ refreshToken }).expect(401);
    }
    const after = await logIn(shop, first.email, NEW_PASSWORD);
    await shop.http.get('/api/users/me').set(bearer(after.accessToken)).expect(200);
  });

  it('stays when the link is older than an hour', async () => {
    const { email } = await register(shop);
    const token = await resetToken(email);
    shop.clock.advance(HOUR_MS + 1_000);
    await refused(token);
    await logIn(shop, email);
  });

  it('has one living link: a new one takes the place of the last', async () => {
    const { email } = await register(shop);
    const first = await resetToken(email);
    const second = await resetToken(email);
    expect(second).not.toBe(first);
    await refused(first);
    await confirm(second).expect(204);
  });

  it('is that of one user only', async () => {
    const ada = await register(shop);
    const grace = await register(shop);
    const token = await resetToken(ada.email);
    await confirm(token).expect(204);
    await logIn(shop, ada.email, NEW_PASSWORD);
    await logIn(shop, grace.email, PASSWORD);
  });

  it.each([
    ['a random one', randomBytes(32).toString('base64url')],
    ['one of another shape', 'abc'],
    ['SQL', "' OR '1'='1"],
  ])('is not replaced by a token that was never given out: %s', (_, token) => refused(token));

  it.each([[[]], [null], [42], [''], ['x'.repeat(256)], ['a\u0000b']])(
    'needs a token that is a text: %j',
    async (token) => {
      expect((await confirm(token).expect(400)).body.errors).toMatchObject([{ path: 'token' }]);
    },
  );

  it('is not replaced by one that breaks the rules, and the link goes on working', async () => {
    const { email } = await register(shop);
    const token = await resetToken(email);
    const { body } = await confirm(token, 'password').expect(400);
    expect(body.errors.map(({ path }: { path: string }) => path)).toContain('newPassword');
    await confirm(token).expect(204);
  });

  it('is not replaced by a token for something else, nor with a mailbox that the account no longer has', async () => {
    const person = await register(shop);
    await refused(await tokenTo(shop, person.email, 'Confirm your email address'));
    const token = await resetToken(person.email);
    const email = `moved-${person.email}`;
    await shop.http.patch('/api/users/me').set(bearer(person.accessToken)).send({ email }).expect(200);
    await refused(token);
    await logIn(shop, email);
  });

  it('opens no account that is closed', async () => {
    const admin = await registerStaff(shop, 'admin');
    const { id, email } = await register(shop);
    const token = await resetToken(email);
    const patch = shop.http.patch(`/api/users/${id}`).set(bearer(admin.accessToken));
    await patch.send({ active: false }).expect(200);
    await refused(token);
    await ask(email).expect(202, '');
    expect(await mailsTo(shop, email, SUBJECT)).toHaveLength(1);
  });

  it('is asked for alike with and without an account', async () => {
    const { email } = await register(shop);
    const known = await ask(email.toUpperCase()).expect(202, '');
    const unknown = await ask(`nobody-${email}`).expect(202, '');
    const comparable = ({ headers }: typeof known) => {
      const { date, 'x-request-id': id, ...rest } = headers;
      return rest;
    };
    expect(comparable(unknown)).toEqual(comparable(known));
    await mailsSettled(shop);
    // It goes to the address as the account has it, not as somebody typed it.
    expect(await mailsTo(shop, email, SUBJECT)).toHaveLength(1);
    expect(await mailsTo(shop, `nobody-${email}`, SUBJECT)).toHaveLength(0);
    const { rows } = await shop.db.query('SELECT kind FROM mail_messages');
    expect(rows).toEqual([]);
  });

  it('has a link that comes from the settings, whatever host a request names', async () => {
    const { email } = await register(shop);
    await ask(email)
      .set('Host', 'evil.example')
      .set('X-Forwarded-Host', 'evil.example')
      .set('Forwarded', 'host=evil.example')
      .set('Origin', 'https://evil.example')
      .expect(202);
    const [mail = ''] = await mailsTo(shop, email, SUBJECT);
    expect(linkIn(mail).href).toMatch(/^https:\/\/shop\.example\/store\/reset-password#token=[\w-]{43}$/);
    expect(mail).not.toContain('evil');
  });

  it('has no token in the database that could be stolen from there', async () => {
    const { email } = await register(shop);
    const token = await resetToken(email);
    const { rows } = await shop.db.query(
      `SELECT t::text AS text FROM one_time_tokens t UNION ALL SELECT m::text FROM mail_messages m
       UNION ALL SELECT e::text FROM outbox_events e`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ text }) => text.includes(token))).toEqual([]);
  });

  it.each([[{}], [{ email: 'nobody' }], [{ email: ['a@example.com'] }], [{ email: 'a@example.com', userId: '1' }]])(
    'is asked for with an email address and nothing else: %j',
    (body) => shop.http.post('/api/users/password-reset').send(body).expect(400),
  );
});
