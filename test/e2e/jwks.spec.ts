import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { startApp, type TestApp } from '../support/app.js';
import { register } from '../support/people.js';

describe('a client that knows the address of the key set alone', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp();
  });
  afterAll(() => shop.close());

  const keySet = () => createRemoteJWKSet(new URL('/.well-known/jwks.json', shop.url));
  const expected = { issuer: 'tradepost', audience: 'tradepost', typ: 'at+jwt', algorithms: ['RS256'] };

  it('verifies an access token, and reads who it is for', async () => {
    const { id, accessToken } = await register(shop);
    const { payload, protectedHeader } = await jwtVerify(accessToken, keySet(), {
      ...expected,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
    });
    expect(payload).toMatchObject({ sub: id, role: 'customer', exp: Number(payload.iat) + 3_600 });
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: expect.stringMatching(/^[\w-]{43}$/) });
  });

  it('verifies that of a refresh just as well', async () => {
    const { id, refreshToken } = await register(shop);
    const { body } = await shop.http.post('/api/users/refresh').send({ refreshToken }).expect(200);
    expect((await jwtVerify(body.accessToken, keySet(), expected)).payload.sub).toBe(id);
  });

  it('sees through a token whose claims were changed', async () => {
    const { accessToken } = await register(shop);
    const [header, claims, signature] = accessToken.split('.');
    const changed = { ...JSON.parse(Buffer.from(claims ?? '', 'base64url').toString()), role: 'admin' };
    const forged = [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
    await expect(jwtVerify(forged, keySet(), expected)).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    });
  });

  it('finds no token that it could take for one of another kind', async () => {
    const { accessToken } = await register(shop);
    expect(decodeProtectedHeader(accessToken).typ).toBe('at+jwt');
    await expect(jwtVerify(accessToken, keySet(), { ...expected, typ: 'JWT' })).rejects.toMatchObject({ claim: 'typ' });
    await expect(jwtVerify(accessToken, keySet(), { ...expected, audience: 'another' })).rejects.toMatchObject({
      claim: 'aud',
    });
  });
});
