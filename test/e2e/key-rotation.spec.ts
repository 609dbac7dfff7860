import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { makeKeyFile } from '../../src/platform/security/key-files.js';
import { KeyWatch } from '../../src/platform/security/key-watch.js';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, logIn, type Person, register } from '../support/people.js';
import { readToken } from '../support/tokens.js';

const SECOND = 1_000;

describe('the keys of a running shop', () => {
  let keys: string;
  let shop: TestApp;
  let replica: TestApp;
  let person: Person;
  let logInAgain: () => Promise<Person>;

  beforeAll(async () => {
    keys = mkdtempSync(join(tmpdir(), 'rotation-'));
    makeKeyFile(keys, new Date('2026-01-01T00:00:00Z'));
    const settings = { KEYS_DIR: keys, KEY_PUBLISH_SECONDS: '300', ACCESS_TOKEN_SECONDS: '3600' };
    shop = await startApp(settings);
    replica = await startApp(settings, shop);
    const { email } = await register(shop);
    logInAgain = () => logIn(shop, email);
  });
  beforeEach(async () => {
    person = await logInAgain();
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
    rmSync(keys, { recursive: true });
  });

  const look = (): void => {
    for (const { app } of [shop, replica]) app.get(KeyWatch).look();
  };
  const pass = (seconds: number): void => {
    shop.clock.advance(seconds * SECOND);
    look();
  };
  const keySet = async (): Promise<JSONWebKeySet> => (await shop.http.get('/.well-known/jwks.json').expect(200)).body;
  const kids = async (): Promise<(string | undefined)[]> => (await keySet()).keys.map(({ kid }) => kid);
  const kidOf = ({ accessToken }: Person): unknown => readToken(accessToken).header.kid;
  const me = (token: string, at = shop) => at.http.get('/api/users/me').set(bearer(token));
  const verify = (token: string, set: JSONWebKeySet) =>
    jwtVerify(token, createLocalJWKSet(set), {
      issuer: 'tradepost',
      audience: 'tradepost',
      typ: 'at+jwt',
      algorithms: ['RS256'],
      requiredClaims: ['client_id', 'exp', 'iat', 'jti', 'sub'],
      currentDate: shop.clock.now(),
    });

  it('stay as they were while a file cannot be read', async () => {
    const before = await kids();
    writeFileSync(join(keys, '2026-02-01.pem'), 'half a k');
    look();
    pass(100_000);
    expect(await kids()).toEqual(before);
    expect(kidOf(await logInAgain())).toBe(before[0]);
    rmSync(join(keys, '2026-02-01.pem'));
    const file = makeKeyFile(keys, shop.clock.now());
    look();
    expect(await kids()).toHaveLength(2);
    rmSync(file);
    look();
    expect(await kids()).toEqual(before);
  });

  it('are published before they sign, and until their last token has expired', async () => {
    const answer = await shop.http.get('/.well-known/jwks.json').expect(200);
    expect(answer.headers['cache-control']).toBe('public, max-age=240');
    const [old] = await kids();
    expect(kidOf(person)).toBe(old);

    makeKeyFile(keys, shop.clock.now());
    look();
    const [added, ...others] = await kids();
    expect(others).toEqual([old]);
    pass(290);
    // A verifier that has the keys from now on and keeps them for as long as it may.
    const copy = await keySet();
    expect(kidOf(await logInAgain())).toBe(old);

    pass(11);
    const [last, first] = [person, await logInAgain()];
    expect(kidOf(first)).toBe(added);
    await verify(first.accessToken, copy);
    await verify(last.accessToken, copy);
    await me(first.accessToken, replica).expect(200);
    await me(last.accessToken, replica).expect(200);

    pass(3_600);
    expect(await kids()).toEqual([added, old]);
    pass(60);
    expect(await kids()).toEqual([added]);
    expect((await me(person.accessToken).expect(401)).body.code).toBe('token_invalid');
  });

  it('that are taken away take their tokens along, seen before or not', async () => {
    await me(person.accessToken).expect(200);
    const leaked = readdirSync(keys);
    makeKeyFile(keys, shop.clock.now());
    for (const file of leaked) rmSync(join(keys, file));
    look();
    for (const at of [shop, replica]) {
      expect((await me(person.accessToken, at).expect(401)).body.code).toBe('token_invalid');
    }
    const renewed = await shop.http.post('/api/users/refresh').send({ refreshToken: person.refreshToken }).expect(200);
    await me(renewed.body.accessToken, replica).expect(200);
  });
});
