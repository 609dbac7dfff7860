import { startApp, type TestApp } from '../support/app.js';
import { mailsTo } from '../support/mails.js';
import { bearer, logIn, PASSWORD, type Person, register, registerStaff } from '../support/people.js';
import { readToken } from '../support/tokens.js';

const OTHER_PASSWORD = 'Loud-walrus-25';

describe('accounts and sessions', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp({ PASSWORD_HASH_MEMORY_KIB: '1024' });
  });
  afterAll(() => shop.close());

  const me = (token: string) => shop.http.get('/api/users/me').set(bearer(token));
  const refresh = (refreshToken: string) => shop.http.post('/api/users/refresh').send({ refreshToken });
  const login = (body: object) => shop.http.post('/api/users/login').send(body);
  const expectDead = async (person: Person): Promise<void> => {
    expect((await me(person.accessToken).expect(401)).body.code).toBe('token_revoked');
    expect((await refresh(person.refreshToken).expect(401)).body.code).toBe('token_revoked');
  };
  const expectAlive = async (person: Person): Promise<void> => {
    await me(person.accessToken).expect(200);
    await refresh(person.refreshToken).expect(200);
  };

  describe('registration', () => {
    it('answers the account and its tokens, and announces it', async () => {
      const body = { email: 'Ada@Example.com', password: PASSWORD, name: ' Ada ', username: 'Ada.L' };
      const answer = await shop.http.post('/api/users/register').send(body).expect(201);
      expect(answer.headers).toMatchObject({ location: '/api/users/me', 'cache-control': 'no-store' });
      expect(answer.body).toEqual({
        user: {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          email: 'Ada@Example.com',
          username: 'Ada.L',
          name: 'Ada',
          role: 'customer',
          emailVerified: false,
          createdAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
          lastLoginAt: null,
        },
        accessToken: expect.any(String),
        refreshToken: expect.stringMatching(/^[\w-]{43}$/),
        tokenType: 'Bearer',
        expiresIn: 3_600,
      });
      const { rows } = await shop.db.query(`SELECT aggregate_id FROM outbox_events WHERE type = 'user.registered'`);
      expect(rows).toContainEqual({ aggregate_id: answer.body.user.id });
      expect((await me(answer.body.accessToken).expect(200)).body).toEqual(answer.body.user);
    });

    it('refuses an email address and a username that are taken, in whatever writing', async () => {
      const { email } = await register(shop, { username: 'grace' });
      const post = (body: object) =>
        shop.http.post('/api/users/register').send({ email: 'x1@example.com', password: PASSWORD, name: 'X', ...body });
      const taken = await post({ email: email.toUpperCase().replace('@', '＠') }).expect(409);
      expect(taken.body).toMatchObject({ code: 'email_taken', errors: [{ path: 'email' }] });
      expect((await post({ username: 'GRACE' }).expect(409)).body.code).toBe('username_taken');
    });

    it.each([
      ['email', { email: 'nobody' }],
      ['email', { email: undefined }],
      ['email', { email: ['a@example.com'] }],
      ['password', { password: 'short' }],
      ['password', { password: 'Password1!' }],
      ['password', { password: 12_345_678 }],
      ['password', { password: `Aa1!${'x'.repeat(500_000)}` }],
      ['name', { name: ' ' }],
      ['username', { username: 'no spaces' }],
      ['username', { username: null }],
      ['role', { role: 'admin' }],
      ['emailVerified', { emailVerified: true }],
    ])('names %s where the request has it wrong', async (path, wrong) => {
      const body = { email: 'x2@example.com', password: PASSWORD, name: 'X', ...wrong };
      const answer = await shop.http.post('/api/users/register').send(body).expect(400);
      expect(answer.body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ path })]));
    });

    it('of one address by many at once makes one account', async () => {
      const body = { email: 'race@example.com', password: PASSWORD, name: 'Race' };
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => shop.http.post('/api/users/register').send(body)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
    });
  });

  describe('login', () => {
    it('takes the email address in whatever writing, or the username', async () => {
      const { email } = await register(shop, { username: 'Margaret' });
      const answer = await login({ email: ` ${email.toUpperCase()}`, password: PASSWORD }).expect(200);
      expect(answer.body.user.lastLoginAt).not.toBeNull();
      await login({ username: 'MARGARET', password: PASSWORD }).expect(200);
    });

    it('tells nothing of what was not right', async () => {
      const { id, email } = await register(shop);
      const closed = await register(shop);
      await shop.db.query('UPDATE users SET active = false WHERE id = $1', [closed.id]);
      const answers = [
        await login({ email, password: OTHER_PASSWORD }).expect(401),
        await login({ email: 'nobody@example.com', password: PASSWORD }).expect(401),
        await login({ username: id, password: PASSWORD }).expect(401),
        await login({ email: closed.email, password: PASSWORD }).expect(401),
      ];
      const told = answers.map(({ body: { requestId, ...rest }, headers }) => [rest, headers['www-authenticate']]);
      expect(told[0]).toEqual([expect.objectContaining({ code: 'invalid_credentials' }), 'Bearer realm="tradepost"']);
      expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
    });

    it.each([
      { password: PASSWORD },
      { email: 'a@example.com', username: 'ada', password: PASSWORD },
      { email: 'a@example.com' },
      { email: { $ne: '' }, password: PASSWORD },
      { email: 'a@example.com', password: 'x'.repeat(1_000_000) },
    ])('refuses a request that is not one: %#', async (body) => {
      await login(body).expect(400);
    });

    it('tells passwords apart by every byte, past the seventy-second too', async () => {
      const start = `Aa1!${'x'.repeat(68)}`;
      const { email } = await register(shop, { password: `${start}12345678` });
      await login({ email, password: `${start}87654321` }).expect(401);
      await login({ email, password: `${start}12345678` }).expect(200);
    });

    it('takes a password however its accents are composed', async () => {
      const { email } = await register(shop, { password: 'Cafe\u0301-noir-9' });
      await login({ email, password: 'Caf\u00e9-noir-9' }).expect(200);
    });
  });

  describe('refresh', () => {
    it('spends the token for new ones of the same session', async () => {
      const first = await register(shop);
      const answer = await refresh(first.refreshToken).expect(200);
      expect(Object.keys(answer.body).sort()).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'tokenType']);
      expect(answer.headers['cache-control']).toBe('no-store');
      const [before, after] = [first.accessToken, answer.body.accessToken].map((token) => readToken(token).claims);
      expect(after).toMatchObject({ sub: first.id, sid: before?.sid, role: 'customer' });
      expect(after?.jti).not.toBe(before?.jti);
      await me(answer.body.accessToken).expect(200);
      await me(first.accessToken).expect(200);
    });

    it('with a spent token ends the whole session', async () => {
      const first = await register(shop);
      const other = await logIn(shop, first.email);
      const second = (await refresh(first.refreshToken).expect(200)).body;
      expect((await refresh(first.refreshToken).expect(401)).body.code).toBe('token_revoked');
      await expectDead({ ...first, ...second });
      await me(first.accessToken).expect(401);
      await expectAlive(other);
    });

    it('fifty times at once gives one successor', async () => {
      const { refreshToken, id } = await register(shop);
      const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken)));
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(49);
      const { rows } = await shop.db.query('SELECT spent_at FROM refresh_tokens WHERE user_id = $1', [id]);
      expect(rows).toHaveLength(2);
    });

    it('ends when its token does', async () => {
      const { refreshToken } = await register(shop);
      await shop.db.query(`UPDATE refresh_tokens SET expires_at = now() - interval '1 second' WHERE token_hash = $1`, [
        Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(refreshToken))),
      ]);
      expect((await refresh(refreshToken).expect(401)).body.code).toBe('token_expired');
    });

    it('keeps no token that could be stolen from the database', async () => {
      const { refreshToken } = await register(shop);
      const { rows } = await shop.db.query('SELECT refresh_tokens::text AS text FROM refresh_tokens');
      expect(rows.some(({ text }) => text.includes(refreshToken))).toBe(false);
    });

    it('takes no access token, and no route takes a refresh token', async () => {
      const { accessToken, refreshToken } = await register(shop);
      expect((await refresh(accessToken).expect(401)).body.code).toBe('token_invalid');
      expect((await me(refreshToken).expect(401)).body.code).toBe('token_invalid');
      expect((await refresh('x'.repeat(43)).expect(401)).body.code).toBe('token_invalid');
      await refresh('').expect(400);
    });
  });

  describe('the end of a session', () => {
    it('comes with a logout, for that session alone', async () => {
      const first = await register(shop);
      const other = await logIn(shop, first.email);
      await shop.http.post('/api/users/logout').set(bearer(first.accessToken)).expect(204, '');
      await expectDead(first);
      await shop.http.post('/api/users/logout').set(bearer(first.accessToken)).expect(401);
      await expectAlive(other);
    });

    it('comes with logout-all for every session, and with none that starts after it', async () => {
      const first = await register(shop);
      const other = await logIn(shop, first.email);
      await shop.http.post('/api/users/logout-all').set(bearer(first.accessToken)).expect(204, '');
      const after = await logIn(shop, first.email);
      await expectDead(first);
      await expectDead(other);
      await expectAlive(after);
    });

    it('comes with a new password for every other session', async () => {
      const first = await register(shop);
      const other = await logIn(shop, first.email);
      const change = (body: object) =>
        shop.http.post('/api/users/me/password').set(bearer(first.accessToken)).send(body);
      const wrong = await change({ currentPassword: OTHER_PASSWORD, newPassword: OTHER_PASSWORD }).expect(401);
      expect(wrong.body.code).toBe('invalid_credentials');
      const weak = await change({ currentPassword: PASSWORD, newPassword: 'weak-password' }).expect(400);
      expect(weak.body.errors.map(({ path }: { path: string }) => path)).toEqual(['newPassword', 'newPassword']);
      await change({ currentPassword: PASSWORD, newPassword: OTHER_PASSWORD }).expect(204, '');
      await expectDead(other);
      await expectAlive(first);
      await login({ email: first.email, password: PASSWORD }).expect(401);
      await login({ email: first.email, password: OTHER_PASSWORD }).expect(200);
      expect(await mailsTo(shop, first.email, 'Your password was changed')).toHaveLength(1);
    });

    it.each([
      ['another role', { role: 'support' }],
      ['a closed account', { active: false }],
    ])('comes with %s', async (_, change) => {
      const admin = await registerStaff(shop, 'admin');
      const person = await register(shop);
      const patch = (body: object) =>
        shop.http.patch(`/api/users/${person.id}`).set(bearer(admin.accessToken)).send(body).expect(200);
      await patch(change);
      await expectDead(person);
      await patch({ role: 'customer', active: true });
      await expectDead(person);
      await expectAlive(await logIn(shop, person.email));
    });

    it('does not come with a change that changes nothing', async () => {
      const admin = await registerStaff(shop, 'admin');
      const person = await register(shop);
      const same = { role: 'customer', active: true };
      await shop.http.patch(`/api/users/${person.id}`).set(bearer(admin.accessToken)).send(same).expect(200);
      await expectAlive(person);
    });

    it('survives no race of a refresh with the logout', async () => {
      const person = await register(shop);
      const [, refreshed] = await Promise.all([
        shop.http.post('/api/users/logout').set(bearer(person.accessToken)).expect(204),
        refresh(person.refreshToken),
      ]);
      if (refreshed.status === 200) await expectDead({ ...person, ...refreshed.body });
      else expect(refreshed.status).toBe(401);
    });
  });
});
