import { keyIdOf, readClaims } from './access-token.js';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenWith = (header: unknown): string => `${encode(header)}.e30.c2ln`;
const header = { alg: 'RS256', typ: 'at+jwt', kid: 'one' };

describe('the header of an access token', () => {
  it('names the key', () => {
    expect(keyIdOf(tokenWith(header))).toBe('one');
  });

  it.each([
    ['no algorithm', { ...header, alg: 'none' }],
    ['no algorithm in mixed case', { ...header, alg: 'nOnE' }],
    ['a symmetric algorithm', { ...header, alg: 'HS256' }],
    ['another RSA algorithm', { ...header, alg: 'RS512' }],
    ['another type', { ...header, typ: 'JWT' }],
    ['no type', { alg: 'RS256', kid: 'one' }],
    ['no kid', { alg: 'RS256', typ: 'at+jwt' }],
    ['a kid that is not a text', { ...header, kid: ['one'] }],
    ['a jku', { ...header, jku: 'https://evil.example/jwks.json' }],
    ['an x5u', { ...header, x5u: 'https://evil.example/cert' }],
    ['an x5c', { ...header, x5c: ['MIIB'] }],
    ['a jwk', { ...header, jwk: { kty: 'RSA' } }],
    ['a crit', { ...header, crit: ['exp'] }],
    ['nothing', null],
    ['an array', [header]],
  ])('with %s is refused', (_, other) => {
    expect(keyIdOf(tokenWith(other))).toBeUndefined();
  });

  it.each(['', '.', '..', 'abc', '%%%.e30.x', 'bm90IGpzb24.e30.x'])('that cannot be read is refused: %j', (token) => {
    expect(keyIdOf(token)).toBeUndefined();
  });
});

describe('the claims of an access token', () => {
  const id = '01996ab0-0000-7000-8000-000000000001';
  const times = { exp: 1_800_000_000, iat: 1_799_996_400, iat_us: 1_799_996_400_000_001 };
  const claims = { sub: id, jti: id, sid: id, role: 'customer', ...times };

  it('say who, for how long and since when', () => {
    expect(readClaims(claims)).toEqual({
      userId: id,
      tokenId: id,
      familyId: id,
      role: 'customer',
      expiresAt: 1_800_000_000,
      issuedAt: 1_799_996_400_000_001,
      notBefore: undefined,
    });
  });

  it.each([
    ['exp', undefined],
    ['exp', '1800000000'],
    ['exp', 1e20],
    ['exp', 1.5],
    ['exp', null],
    ['exp', -1],
    ['sub', undefined],
    ['sub', 'admin'],
    ['jti', 7],
    ['sid', ''],
    ['role', undefined],
    ['role', 'root'],
    ['role', ['admin']],
    ['iat', undefined],
    ['iat', '1799996400'],
    ['iat_us', undefined],
    ['iat_us', 1e20],
    ['nbf', 'soon'],
  ])('with %s = %j are refused', (name, value) => {
    expect(readClaims({ ...claims, [name]: value })).toBeUndefined();
  });

  it.each([undefined, null, 'text', [claims]])('that are no object are refused: %j', (value) => {
    expect(readClaims(value)).toBeUndefined();
  });
});
