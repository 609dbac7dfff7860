import { newId } from '../../src/common/ids.js';
import { startApp, type TestApp } from '../support/app.js';
import { CALLBACK, type Claims, signInAt, startProvider, type TestProvider } from '../support/oidc-sign-in.js';
import { bearer, PASSWORD, register, registerStaff } from '../support/people.js';

describe('sign-in with an OpenID provider', () => {
  let provider: TestProvider;
  let shop: TestApp;

  beforeAll(async () => {
    provider = await startProvider();
    shop = await startApp(provider.settings);
  });
  afterAll(async () => {
    await shop.close();
    await provider.stop();
  });

  const person = (overrides: Partial<Claims> = {}): Claims => {
    const sub = newId();
    return { sub, email: `${sub}@example.com`, email_verified: true, name: 'Grace Hopper', ...overrides };
  };
  const begin = async (at = shop) => {
    const answer = await at.http.get('/api/users/oidc/authorize').expect(302);
    const cookie = String(answer.headers['set-cookie']);
    return { address: new URL(answer.headers.location ?? ''), cookie, jar: cookie.split(';', 1)[0] ?? '' };
  };
  const finish = (query: string, jar: string, at = shop) =>
    at.http.get(`/api/users/oidc/callback${query}`).set('Cookie', jar);
  /** The whole way, with one browser. */
  const signIn = async (claims: Claims, at = shop) => {
    const { address, jar } = await begin(at);
    return finish((await signInAt(address.href, claims)).search, jar, at);
  };
  const verifyEmail = (id: string) => shop.db.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [id]);

  it('sends people to the provider with state, nonce and PKCE, and binds it to their browser', async () => {
    const { address, cookie } = await begin();
    expect(address.origin).toBe(provider.issuer);
    expect(Object.fromEntries(address.searchParams)).toEqual({
      client_id: 'tradepost',
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid email profile',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(cookie).toMatch(/^tradepost_oidc=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/);
  });

  it('makes a customer without a password of somebody new, and knows them when they return', async () => {
    const claims = person();
    const first = await signIn(claims);
    expect(first.status).toBe(200);
    expect(first.headers['cache-control']).toBe('no-store');
    expect(first.body).toEqual({
      user: expect.objectContaining({
        email: claims.email,
        name: 'Grace Hopper',
        role: 'customer',
        emailVerified: true,
      }),
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 3_600,
    });
    expect(first.body.user.lastLoginAt).not.toBeNull();
    await shop.http.get('/api/users/me').set(bearer(first.body.accessToken)).expect(200);
    await shop.http.post('/api/users/refresh').send({ refreshToken: first.body.refreshToken }).expect(200);
    await shop.http.post('/api/users/login').send({ email: claims.email, password: PASSWORD }).expect(401);
    const { rows } = await shop.db.query('SELECT password_hash FROM users WHERE id = $1', [first.body.user.id]);
    expect(rows).toEqual([{ password_hash: null }]);
    const again = await signIn({ ...claims, email: 'another@example.com', name: 'Another' });
    expect(again.body.user).toMatchObject({ id: first.body.user.id, email: claims.email, name: 'Grace Hopper' });
  });

  it('does without a name', async () => {
    const { status, body } = await signIn({ ...person(), name: undefined, email: 'nameless@example.com' });
    expect([status, body.user.name]).toEqual([200, 'nameless']);
  });

  /** What the audit log says of sign-ins to an account that were refused. */
  async function refusalsOf(userId: string): Promise<unknown[]> {
    const { rows } = await shop.db.query(
      "SELECT after FROM audit_log WHERE action = 'user.login_failed' AND subject_id = $1 ORDER BY at",
      [userId],
    );
    return rows.map(({ after }) => after);
  }

  describe('of somebody whose email address an account has', () => {
    it('takes that account where both have verified the address', async () => {
      const { id, email } = await register(shop);
      await verifyEmail(id);
      const claims = person({ email: email.toUpperCase() });
      expect((await signIn(claims)).body.user).toMatchObject({ id, email });
      expect((await signIn({ ...claims, email_verified: false })).body.user.id).toBe(id);
      await shop.http.post('/api/users/login').send({ email, password: PASSWORD }).expect(200);
    });

    it.each([
      ['the provider', true, false],
      ['the shop', false, true],
      ['anybody', false, false],
    ])('refuses where it was not verified by %s', async (_, byShop, byProvider) => {
      const { id, email } = await register(shop);
      if (byShop) await verifyEmail(id);
      const answer = await signIn(person({ email, email_verified: byProvider }));
      expect([answer.status, answer.body.code]).toEqual([409, 'email_taken']);
      const { rows } = await shop.db.query('SELECT 1 FROM user_identities WHERE user_id = $1', [id]);
      expect(rows).toEqual([]);
    });
  });

  it('needs an email address to make an account', async () => {
    const answer = await signIn({ sub: newId() });
    expect([answer.status, answer.body.code]).toEqual([409, 'oidc_email_missing']);
  });

  it('takes the word of the provider for an address, not for its having been verified', async () => {
    const { status, body } = await signIn(person({ email_verified: false }));
    expect([status, body.user.emailVerified]).toEqual([200, false]);
  });

  it('refuses who has a closed account, known or to be linked', async () => {
    const claims = person();
    const { id } = (await signIn(claims)).body.user;
    await shop.db.query('UPDATE users SET active = false WHERE id = $1', [id]);
    const known = await signIn(claims);
    expect([known.status, known.body.code]).toEqual([403, 'account_closed']);
    const closed = await register(shop);
    await verifyEmail(closed.id);
    await shop.db.query('UPDATE users SET active = false WHERE id = $1', [closed.id]);
    expect((await signIn(person({ email: closed.email }))).body.code).toBe('account_closed');
    const { rows } = await shop.db.query('SELECT 1 FROM user_identities WHERE user_id = $1', [closed.id]);
    expect(rows).toEqual([]);
    expect(await refusalsOf(id)).toEqual([{ by: 'provider', code: 'account_closed' }]);
  });

  it('does not stand in for a second factor', async () => {
    const staff = await registerStaff(shop, 'admin');
    await verifyEmail(staff.id);
    await shop.db.query(
      `INSERT INTO totp_factors (user_id, secret, created_at, confirmed_at, last_step) VALUES ($1, '', now(), now(), 1)`,
      [staff.id],
    );
    const answer = await signIn(person({ email: staff.email }));
    expect([answer.status, answer.body.code]).toEqual([401, 'otp_required']);
    expect(answer.body.accessToken).toBeUndefined();
    // Whose it would have been is known only once it is linked, which it is not.
    const { rows } = await shop.db.query(
      "SELECT subject_id FROM audit_log WHERE action = 'user.login_failed' AND after->>'code' = 'otp_required'",
    );
    expect(rows).toEqual([{ subject_id: null }]);
  });

  it('is over when the person says no', async () => {
    const { address, jar } = await begin();
    const back = await signInAt(address.href, null);
    expect(back.searchParams.get('error')).toBe('access_denied');
    const answer = await finish(back.search, jar).expect(401);
    expect(answer.body.code).toBe('oidc_refused');
  });

  describe('an answer', () => {
    const refused = async (query: string, jar: string) =>
      expect((await finish(query, jar).expect(400)).body.code).toBe('oidc_attempt_unknown');

    it('counts once', async () => {
      const { address, jar } = await begin();
      const back = await signInAt(address.href, person());
      const answers = await Promise.all([1, 2, 3, 4].map(() => finish(back.search, jar)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
      await refused(back.search, jar);
    });

    it('counts in the browser alone that asked, and is not spoiled by another', async () => {
      const [mine, theirs] = [await begin(), await begin()];
      const back = await signInAt(mine.address.href, person());
      await refused(back.search, theirs.jar);
      await refused(back.search, '');
      await refused(back.search, 'tradepost_oidc=%00');
      await finish(back.search, mine.jar).expect(200);
    });

    it('counts for ten minutes', async () => {
      const { address, jar } = await begin();
      const back = await signInAt(address.href, person());
      shop.clock.advance(600_001);
      await refused(back.search, jar);
    });

    it.each(['', '?code=x', '?state=', '?state=x&code=y', '?state=a&state=b', '?state=%00'])(
      'is not %j',
      async (query) => {
        await refused(query, (await begin()).jar);
      },
    );

    it.each([
      ['code', 'made-up'],
      ['iss', 'https://evil.example'],
    ])('with another %s is refused', async (name, value) => {
      const { address, jar } = await begin();
      const back = await signInAt(address.href, person());
      back.searchParams.set(name, value);
      expect((await finish(back.search, jar).expect(401)).body.code).toBe('oidc_refused');
    });

    it('meant for another sign-in is refused: its nonce is not ours', async () => {
      const { address, jar } = await begin();
      address.searchParams.set('nonce', 'of-somebody-else');
      const back = await signInAt(address.href, person());
      expect((await finish(back.search, jar).expect(401)).body.code).toBe('oidc_refused');
    });

    it('whose code was stolen is refused: its challenge is not ours', async () => {
      const { address, jar } = await begin();
      address.searchParams.set('code_challenge', 'x'.repeat(43));
      const back = await signInAt(address.href, person());
      expect((await finish(back.search, jar).expect(401)).body.code).toBe('oidc_refused');
    });
  });

  it('leaves neither state nor cookie in the database', async () => {
    const { address, jar } = await begin();
    const { rows } = await shop.db.query('SELECT oidc_attempts::text AS text FROM oidc_attempts');
    const text = rows.map((row) => row.text).join();
    expect(text).not.toContain(address.searchParams.get('state'));
    expect(text).not.toContain(jar.split('=')[1]);
  });

  it('is not there without settings', async () => {
    const plain = await startApp({}, shop);
    for (const path of ['authorize', 'callback?code=x&state=y']) {
      const answer = await plain.http.get(`/api/users/oidc/${path}`).expect(404);
      expect(answer.body.code).toBe('oidc_not_configured');
    }
    await plain.close();
  });

  it('waits for a provider that is away, and goes on when it is back', async () => {
    const other = await startProvider();
    const away = await startApp(other.settings, shop);
    const { address, jar } = await begin(away);
    const back = await signInAt(address.href, person());
    await other.stop();
    const late = await finish(back.search, jar, away).expect(503);
    expect([late.body.code, late.headers['retry-after']]).toEqual(['oidc_unavailable', '10']);
    const fresh = await startApp(other.settings, shop);
    expect((await fresh.http.get('/api/users/oidc/authorize').expect(503)).body.code).toBe('oidc_unavailable');
    await fresh.close();
    await away.close();
  });
});
