import type { AccessToken } from './access-token.js';
import { RevocationSnapshot } from './revocation-snapshot.js';

const token: AccessToken = {
  userId: 'user',
  tokenId: 'token',
  familyId: 'family',
  role: 'customer',
  issuedAt: 1_000_000,
  expiresAt: 3_601,
  notBefore: undefined,
};
const expiresAt = new Date(3_601_000);

describe('what a process knows of revoked tokens', () => {
  it.each([
    ['the token', 'token', 'token', true],
    ['another token', 'token', 'other', false],
    ['its family', 'family', 'family', true],
    ['another family', 'family', 'other', false],
    ['another user', 'user', 'other', false],
    ['a user whose id is that of the token', 'user', 'token', false],
  ] as const)('after the revocation of %s', (_, kind, subject, voided) => {
    const snapshot = new RevocationSnapshot();
    snapshot.add({ kind, subject, revokedAt: 5_000_000, expiresAt });
    expect(snapshot.voids(token)).toBe(voided);
  });

  it.each([
    ['after', 1_000_001, true],
    ['at', 1_000_000, false],
    ['before', 999_999, false],
  ])('voids the tokens of a user who was revoked %s they were issued: %d', (_, revokedAt, voided) => {
    const snapshot = new RevocationSnapshot();
    snapshot.add({ kind: 'user', subject: 'user', revokedAt, expiresAt });
    expect(snapshot.voids(token)).toBe(voided);
  });

  it('keeps the latest of two revocations, in whatever order they come', () => {
    const snapshot = new RevocationSnapshot();
    snapshot.add({ kind: 'user', subject: 'user', revokedAt: 2_000_000, expiresAt });
    snapshot.add({ kind: 'user', subject: 'user', revokedAt: 500_000, expiresAt });
    expect(snapshot.voids(token)).toBe(true);
  });

  it('forgets what no living token needs', () => {
    const snapshot = new RevocationSnapshot();
    snapshot.add({ kind: 'token', subject: 'token', revokedAt: 1, expiresAt });
    snapshot.add({ kind: 'family', subject: 'family', revokedAt: 1, expiresAt: new Date(9_000_000) });
    snapshot.prune(new Date(3_601_000));
    expect(snapshot.size).toBe(1);
  });
});
