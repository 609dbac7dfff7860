import type { AccessToken } from './access-token.js';
import { tokenKey, VerifiedTokens } from './verified-tokens.js';

const token = (tokenId: string): AccessToken => ({
  userId: 'user',
  tokenId,
  familyId: 'family',
  role: 'customer',
  issuedAt: 1,
  expiresAt: 1,
  notBefore: undefined,
});

describe('the tokens that were verified', () => {
  it('are found again, up to a bound', () => {
    const verified = new VerifiedTokens(2);
    for (const id of ['a', 'b', 'c']) verified.add(id, token(id));
    expect(verified.size).toBe(2);
    expect(verified.get('a')).toBeUndefined();
    expect(verified.get('c')?.tokenId).toBe('c');
  });

  it('are told apart by every character', () => {
    expect(tokenKey('a.b.c')).not.toBe(tokenKey('a.b.C'));
  });
});
