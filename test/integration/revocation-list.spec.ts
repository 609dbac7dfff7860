import { newId } from '../../src/common/ids.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import type { AccessToken } from '../../src/platform/security/access-token.js';
import { RevocationList } from '../../src/platform/security/revocation-list.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { bearer, logIn, register } from '../support/people.js';

const SETTINGS = { PASSWORD_HASH_MEMORY_KIB: '1024' };

describe('the list of revoked tokens', () => {
  let shop: TestApp;
  let replica: TestApp;

  beforeAll(async () => {
    shop = await startApp(SETTINGS);
    replica = await startApp(SETTINGS, shop);
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const tokenOf = (ids: Partial<AccessToken> = {}): AccessToken => ({
    userId: newId(),
    tokenId: newId(),
    familyId: newId(),
    role: 'customer',
    issuedAt: shop.clock.now().getTime() * 1_000,
    expiresAt: shop.clock.now().getTime() / 1_000 + 3_600,
    notBefore: undefined,
    ...ids,
  });

  it('reaches the other replicas, for tokens that they have verified before', async () => {
    const person = await register(shop);
    await replica.http.get('/api/users/me').set(bearer(person.accessToken)).expect(200);
    await shop.http.post('/api/users/logout').set(bearer(person.accessToken)).expect(204);
    await shop.http.get('/api/users/me').set(bearer(person.accessToken)).expect(401);
    await eventually(() => replica.http.get('/api/users/me').set(bearer(person.accessToken)).expect(401));
  });

  it('is known to a replica that starts later', async () => {
    const person = await register(shop);
    await shop.http.post('/api/users/logout-all').set(bearer(person.accessToken)).expect(204);
    const again = await logIn(shop, person.email);
    const late = await startApp(SETTINGS, shop);
    try {
      const answer = await late.http.get('/api/users/me').set(bearer(person.accessToken)).expect(401);
      expect(answer.body.code).toBe('token_revoked');
      await late.http.get('/api/users/me').set(bearer(again.accessToken)).expect(200);
    } finally {
      await late.close();
    }
  });

  it('takes up a revocation when it commits, and forgets one that is rolled back', async () => {
    const list = shop.app.get(RevocationList, { strict: false });
    const uow = shop.app.get(UnitOfWork, { strict: false });
    const [kept, undone] = [tokenOf(), tokenOf()];
    await uow.run(async () => {
      await list.revokeToken(kept.tokenId, kept.expiresAt);
      expect(await list.isRevoked(kept)).toBe(false);
    });
    expect(await list.isRevoked(kept)).toBe(true);
    const failing = uow.run(async () => {
      await list.revokeToken(undone.tokenId, undone.expiresAt);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await list.isRevoked(undone)).toBe(false);
  });

  it('asks PostgreSQL about each token once its copy has grown old', async () => {
    const late = await startApp(SETTINGS, shop);
    try {
      const list = late.app.get(RevocationList, { strict: false });
      await list.onModuleDestroy(); // No more looks at what others revoke.
      const [token, member, old, other] = [tokenOf(), tokenOf(), tokenOf(), tokenOf()];
      await eventually(() => expect(list.isRevoked(other)).toBeInstanceOf(Promise));
      const first = shop.app.get(RevocationList, { strict: false });
      await first.revokeToken(token.tokenId, token.expiresAt);
      await first.revokeFamilies([member.familyId]);
      await first.revokeUser(old.userId);
      const young = tokenOf({ userId: old.userId, issuedAt: (shop.clock.now().getTime() + 1_000) * 1_000 });
      const answers = [token, member, old, young, other].map((each) => list.isRevoked(each));
      expect(await Promise.all(answers)).toEqual([true, true, true, false, false]);
    } finally {
      await late.close();
    }
  });

  it('tells tokens of a user from before and after a revocation, in the same millisecond', async () => {
    const person = await register(shop);
    const list = shop.app.get(RevocationList, { strict: false });
    const before = await logIn(shop, person.email);
    await list.revokeUser(person.id);
    const after = await logIn(shop, person.email);
    await shop.http.get('/api/users/me').set(bearer(before.accessToken)).expect(401);
    await shop.http.get('/api/users/me').set(bearer(after.accessToken)).expect(200);
  });

  it('is swept of what no living token needs', async () => {
    const list = shop.app.get(RevocationList, { strict: false });
    const token = tokenOf();
    await list.revokeToken(token.tokenId, token.expiresAt);
    await list.revokeToken(newId(), shop.clock.now().getTime() / 1_000 - 60);
    expect(await list.sweep()).toBe(1);
    const { rowCount } = await shop.db.query('SELECT FROM revocations WHERE subject = $1', [token.tokenId]);
    expect(rowCount).toBe(1);
  });
});
