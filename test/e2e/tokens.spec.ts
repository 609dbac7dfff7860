import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, type Person, register } from '../support/people.js';
import { forge, publicPem, readToken, rs256, type Signer, serverKey } from '../support/tokens.js';

const SECONDS_AN_HOUR = 3_600;

describe('access tokens', () => {
  let shop: TestApp;
  let person: Person;
  const ours = rs256(serverKey());
  const theirKey = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
  const theirs = rs256(theirKey);
  const unsigned: Signer = () => Buffer.alloc(0);
  const byPublicKey: Signer = (input) => createHmac('sha256', publicPem()).update(input).digest();
  const now = (): number => Math.floor(shop.clock.now().getTime() / 1_000);

  beforeAll(async () => {
    shop = await startApp({ PASSWORD_HASH_MEMORY_KIB: '1024' });
    person = await register(shop);
  });
  afterAll(() => shop.close());

  const me = (token: string) => shop.http.get('/api/users/me').set(bearer(token));

  it('have the header and the claims that the contract names', () => {
    const { header, claims } = readToken(person.accessToken);
    expect(header).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: expect.stringMatching(/^[\w-]{43}$/) });
    expect(claims).toEqual({
      iss: 'tradepost',
      aud: 'tradepost',
      sub: person.id,
      client_id: 'tradepost',
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: Number(claims.iat) + SECONDS_AN_HOUR,
      role: 'customer',
      sid: expect.any(String),
      iat_us: expect.any(Number),
    });
  });

  it('can be verified by anybody with the published keys', async () => {
    const answer = await shop.http.get('/.well-known/jwks.json').expect(200);
    expect(answer.headers['cache-control']).toBe('public, max-age=240');
    const { kid } = readToken(person.accessToken).header;
    const { n, e } = createPublicKey(serverKey()).export({ format: 'jwk' });
    expect(answer.body).toEqual({ keys: [{ kty: 'RSA', use: 'sig', alg: 'RS256', kid, n, e }] });
  });

  it('are taken as they were issued, again and again', async () => {
    await me(person.accessToken).expect(200);
    await me(forge(person.accessToken, {}, {}, ours)).expect(200);
    await me(person.accessToken).expect(200);
  });

  it('may name others besides us as their audience', async () => {
    await me(forge(person.accessToken, {}, { aud: ['somebody-else', 'tradepost'] }, ours)).expect(200);
  });

  it('are asked for where there is none', async () => {
    const answer = await shop.http.get('/api/users/me').expect(401);
    expect(answer.body.code).toBe('token_missing');
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="tradepost"');
  });

  it.each(['Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', 'Bearer ..', 'Bearer null', 'Token x'])(
    'are not what the header %j holds',
    async (authorization) => {
      const answer = await shop.http.get('/api/users/me').set({ authorization }).expect(401);
      expect(answer.body.code).toBe('token_invalid');
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="tradepost", error="invalid_token"');
    },
  );

  describe.each([
    ['no algorithm', { alg: 'none' }, {}, unsigned],
    ['no algorithm, in another case', { alg: 'NoNe' }, {}, unsigned],
    ['no signature', {}, {}, unsigned],
    ['HS256 keyed with the public key', { alg: 'HS256' }, {}, byPublicKey],
    ['RS256 claimed over an HMAC', {}, {}, byPublicKey],
    ['the signature of another key', {}, {}, theirs],
    ['a kid that is a path', { kid: '../../../../dev/null' }, {}, ours],
    ['a kid that is SQL', { kid: "' OR 1=1 --" }, {}, ours],
    ['a kid that is a URL', { kid: 'https://evil.example/key' }, {}, ours],
    ['a kid that is a property of every object', { kid: '__proto__' }, {}, ours],
    ['an unknown kid', { kid: 'x'.repeat(43) }, {}, ours],
    ['no kid', { kid: undefined }, {}, ours],
    ['a jku', { jku: 'https://evil.example/jwks.json' }, {}, theirs],
    ['an x5u', { x5u: 'https://evil.example/cert.pem' }, {}, theirs],
    ['a jwk', { jwk: createPublicKey(theirKey).export({ format: 'jwk' }) }, {}, theirs],
    ['a crit', { crit: ['exp'] }, {}, ours],
    ['another typ', { typ: 'JWT' }, {}, ours],
    ['no typ', { typ: undefined }, {}, ours],
    ['no exp', {}, { exp: undefined }, ours],
    ['an exp that is a text', {}, { exp: '9999999999' }, ours],
    ['an exp past all time', {}, { exp: 1e20 }, ours],
    ['an nbf ahead', {}, { nbf: Math.floor(Date.now() / 1_000) + 600 }, ours],
    ['another iss', {}, { iss: 'https://evil.example' }, ours],
    ['no iss', {}, { iss: undefined }, ours],
    ['another aud', {}, { aud: 'somebody-else' }, ours],
    ['a list of others as aud', {}, { aud: ['somebody-else', 'tradepost.example'] }, ours],
    ['an object as aud', {}, { aud: { tradepost: 'tradepost' } }, ours],
    ['a list in a list as aud', {}, { aud: [['tradepost']] }, ours],
    ['a list as iss', {}, { iss: ['tradepost'] }, ours],
    ['no iat', {}, { iat: undefined }, ours],
    ['an iat that is a text', {}, { iat: 'now' }, ours],
    ['no aud', {}, { aud: undefined }, ours],
    ['another role, unsigned', {}, { role: 'admin' }, unsigned],
    ['a role that there is not', {}, { role: 'root' }, ours],
    ['a sub that is no id', {}, { sub: 'admin' }, ours],
    ['no jti', {}, { jti: undefined }, ours],
    ['no sid', {}, { sid: undefined }, ours],
  ] as const)('with %s', (_, header, claims, signer) => {
    it('are refused', async () => {
      const token = forge(person.accessToken, header, claims, signer);
      expect((await me(token).expect(401)).body.code).toBe('token_invalid');
    });
  });

  it('are refused when their signature is that of another token', async () => {
    const other = await register(shop);
    const [header, claims] = person.accessToken.split('.');
    const token = [header, claims, other.accessToken.split('.')[2]].join('.');
    expect((await me(token).expect(401)).body.code).toBe('token_invalid');
  });

  it('are refused when their time is over, though they were seen before', async () => {
    const past = forge(person.accessToken, {}, { exp: now() - 1 }, ours);
    expect((await me(past).expect(401)).body.code).toBe('token_expired');
    const soon = forge(person.accessToken, {}, { exp: now() + 60 }, ours);
    await me(soon).expect(200);
    shop.clock.advance(61_000);
    expect((await me(soon).expect(401)).body.code).toBe('token_expired');
  });

  it('give no more than the role of their bearer', async () => {
    const answer = await shop.http.get('/api/users').set(bearer(person.accessToken)).expect(403);
    expect(answer.body.code).toBe('forbidden');
  });

  describe('on routes that guests may use', () => {
    it('are not needed, but have to be valid', async () => {
      await shop.http.get('/api/cart').expect(200);
      await shop.http.get('/api/cart').set(bearer(person.accessToken)).expect(200);
      const invalid = forge(person.accessToken, {}, {}, theirs);
      expect((await shop.http.get('/api/cart').set(bearer(invalid)).expect(401)).body.code).toBe('token_invalid');
    });

    it.each(['', 'x', 'x'.repeat(44), "'; --"])('may come with a Cart-Token, but not with %j', async (cartToken) => {
      const headers = { ...bearer(person.accessToken), 'cart-token': cartToken };
      const answer = await shop.http.get('/api/cart').set(headers).expect(400);
      expect(answer.body.errors).toEqual([{ path: 'Cart-Token', message: expect.any(String) }]);
    });
  });

  it.each([
    '/api/users/me/',
    '//api/users/me',
    '/api//users/me',
    '/api/users/%6de',
    '/API/users/me',
    '/api/users/me;x',
  ])('are needed however the path is written: %s', async (path) => {
    expect([401, 404]).toContain((await shop.http.get(path)).status);
    expect([401, 404]).toContain((await shop.http.head(path)).status);
  });
});
