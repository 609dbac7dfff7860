import { newId } from '../../src/common/ids.js';
import { startApp, type TestApp } from '../support/app.js';
import {
  CHALLENGE,
  type Claims,
  signInAt,
  startProvider,
  type TestProvider,
  VERIFIER,
} from '../support/oidc-sign-in.js';
import { bearer, register } from '../support/people.js';

const STORE = 'https://store.example/signed-in';
const OTHER_STORE = 'https://other.example/?page=signed-in';
const OTHER_VERIFIER = 'x'.repeat(43);

describe('a sign-in that a storefront begins', () => {
  let provider: TestProvider;
  let shop: TestApp;

  beforeAll(async () => {
    provider = await startProvider();
    shop = await startApp({ ...provider.settings, OIDC_RETURN_URLS: `${STORE}, ${OTHER_STORE}` });
  });
  afterAll(async () => {
    await shop.close();
    await provider.stop();
  });

  const person = (overrides: Partial<Claims> = {}): Claims => {
    const sub = newId();
    return { sub, email: `${sub}@example.com`, email_verified: true, name: 'Grace Hopper', ...overrides };
  };
  const authorize = (query: object) => shop.http.get('/api/users/oidc/authorize').query(query);
  /** The address that the browser ends at. */
  const signIn = async (claims: Claims | null, returnTo = STORE): Promise<string> => {
    const begun = await authorize({ returnTo, challenge: CHALLENGE }).expect(302);
    const jar = String(begun.headers['set-cookie']).split(';', 1)[0] ?? '';
    const { search } = await signInAt(begun.headers.location ?? '', claims);
    const answer = await shop.http.get(`/api/users/oidc/callback${search}`).set('Cookie', jar).expect(302);
    expect(answer.text).toBe('');
    expect(answer.headers['cache-control']).toBe('no-store');
    return answer.headers.location ?? '';
  };
  const codeOf = (address: string): string => {
    const [page, code = ''] = address.split('#code=');
    expect([STORE, OTHER_STORE]).toContain(page);
    expect(code).toMatch(/^[\w-]{43}$/);
    return code;
  };
  const exchange = (code: unknown, verifier: unknown = VERIFIER) =>
    shop.http.post('/api/users/oidc/exchange').send({ code, verifier });
  const refused = async (code: string, verifier = VERIFIER): Promise<void> => {
    expect((await exchange(code, verifier).expect(400)).body).toMatchObject({
      code: 'oidc_code_invalid',
      errors: [{ path: 'code' }],
    });
  };

  it('ends there with a code, which it exchanges for a session, once', async () => {
    const claims = person();
    const code = codeOf(await signIn(claims));
    const answers = await Promise.all([1, 2, 3, 4].map(() => exchange(code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
    const answer = answers.find(({ status }) => status === 200);
    expect(answer?.headers['cache-control']).toBe('no-store');
    expect(answer?.body).toMatchObject({ user: { email: claims.email }, tokenType: 'Bearer', expiresIn: 3_600 });
    await shop.http.get('/api/users/me').set(bearer(answer?.body.accessToken)).expect(200);
    await refused(code);
  });

  it('ends at whichever of the addresses it asked for', async () => {
    expect(await signIn(person(), OTHER_STORE)).toMatch(/^https:\/\/other\.example\/\?page=signed-in#code=/);
  });

  it('cannot be fetched by who has the code alone, and is void once somebody tried', async () => {
    const code = codeOf(await signIn(person()));
    await refused(code, OTHER_VERIFIER);
    await refused(code);
  });

  it('is to be fetched within a minute', async () => {
    const code = codeOf(await signIn(person()));
    shop.clock.advance(60_001);
    await refused(code);
  });

  it.each([
    ['a person who thinks better of it', async () => null, 'oidc_refused'],
    ['an address that an account has', async () => person({ email: (await register(shop)).email }), 'email_taken'],
    ['no address', async () => ({ sub: newId() }), 'oidc_email_missing'],
  ])('ends there with the reason after %s, and without a session', async (_, claims, code) => {
    expect(await signIn(await claims())).toBe(`${STORE}#error=${code}`);
  });

  it('tells a closed account, before the exchange and at it', async () => {
    const claims = person();
    const { body } = await exchange(codeOf(await signIn(claims))).expect(200);
    const code = codeOf(await signIn(claims));
    await shop.db.query('UPDATE users SET active = false WHERE id = $1', [body.user.id]);
    expect((await exchange(code).expect(403)).body.code).toBe('account_closed');
    expect(await signIn(claims)).toBe(`${STORE}#error=account_closed`);
  });

  it('does not stand in for a second factor, before the exchange or at it', async () => {
    const claims = person();
    const { body } = await exchange(codeOf(await signIn(claims))).expect(200);
    const code = codeOf(await signIn(claims));
    await shop.db.query(
      `INSERT INTO totp_factors (user_id, secret, created_at, confirmed_at, last_step) VALUES ($1, '', now(), now(), 1)`,
      [body.user.id],
    );
    expect((await exchange(code).expect(401)).body.code).toBe('otp_required');
    expect(await signIn(claims)).toBe(`${STORE}#error=otp_required`);
  });

  it('goes nowhere when the answer is not one to this browser', async () => {
    const begun = await authorize({ returnTo: STORE, challenge: CHALLENGE }).expect(302);
    const { search } = await signInAt(begun.headers.location ?? '', person());
    const answer = await shop.http.get(`/api/users/oidc/callback${search}&returnTo=${STORE}`).expect(400);
    expect(answer.body.code).toBe('oidc_attempt_unknown');
    expect(answer.headers.location).toBeUndefined();
  });

  it.each([
    'https://evil.example/',
    'https://store.example/',
    'https://store.example/signed-in/',
    'https://store.example/signed-in?next=https://evil.example',
    'https://store.example/signed-in#',
    'https://store.example/signed-in/../evil',
    'https://store.example.evil.example/signed-in',
    'https://store.example@evil.example/signed-in',
    'https://store.example\\@evil.example/signed-in',
    'https://STORE.example/signed-in',
    'http://store.example/signed-in',
    '//store.example/signed-in',
    '/signed-in',
    'javascript:alert(1)//https://store.example/signed-in',
    ' https://store.example/signed-in',
    'https://store.example/signed-in,https://evil.example',
    `${STORE}, ${OTHER_STORE}`,
    '',
  ])('cannot be sent to %j', async (returnTo) => {
    const answer = await authorize({ returnTo, challenge: CHALLENGE }).expect(400);
    expect(answer.body.errors).toMatchObject([{ path: 'returnTo' }]);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('cannot be sent to two addresses, or begun without a proof of who fetches it', async () => {
    const both = `returnTo=${encodeURIComponent(STORE)}&returnTo=https%3A%2F%2Fevil.example&challenge=${CHALLENGE}`;
    await shop.http.get(`/api/users/oidc/authorize?${both}`).expect(400);
    expect((await authorize({ returnTo: STORE }).expect(400)).body.errors).toMatchObject([{ path: 'challenge' }]);
    expect((await authorize({ challenge: CHALLENGE }).expect(400)).body.errors).toMatchObject([{ path: 'returnTo' }]);
    await authorize({ returnTo: STORE, challenge: 'plain' }).expect(400);
    await authorize({ returnTo: STORE, challenge: CHALLENGE, redirect_uri: 'https://evil.example' }).expect(400);
  });

  it.each([
    [undefined, VERIFIER],
    [['x'], VERIFIER],
    ['x', undefined],
    ['x', 'short'],
    ['x', `${'x'.repeat(43)}\u0000`],
    ['x', 'x'.repeat(129)],
  ])('is not fetched with %j and %j', async (code, verifier) => {
    await exchange(code, verifier).expect(400);
  });

  it('leaves no code in the database', async () => {
    const code = codeOf(await signIn(person()));
    const { rows } = await shop.db.query('SELECT oidc_handovers::text AS text FROM oidc_handovers');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ text }) => text.includes(code))).toEqual([]);
  });

  it('is limited with the logins, in each of its steps', async () => {
    const limited = await startApp({ ...provider.settings, RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_LOGIN: '3' }, shop);
    try {
      await limited.http.get('/api/users/oidc/authorize').expect(302);
      await limited.http.get('/api/users/oidc/callback?state=x').expect(400);
      await limited.http.post('/api/users/oidc/exchange').send({ code: 'x', verifier: VERIFIER }).expect(400);
      const steps = [
        limited.http.get('/api/users/oidc/authorize'),
        limited.http.get('/api/users/oidc/callback?state=x'),
        limited.http.post('/api/users/oidc/exchange').send({ code: 'x', verifier: VERIFIER }),
        limited.http.post('/api/users/login').send({ email: 'a@example.com', password: 'x' }),
      ];
      for (const step of steps) expect((await step).status).toBe(429);
    } finally {
      await limited.close();
    }
  });
});
