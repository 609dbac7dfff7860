import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisLink } from '../../src/platform/cache/redis-link.js';
import { startApp, type TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { eventually } from '../support/eventually.js';
import { tokenTo } from '../support/mails.js';
import { bearer, logIn, PASSWORD, type Person, register, registerStaff } from '../support/people.js';
import { redisBinary, startRedis, type TestRedis } from '../support/redis.js';
import { enrol } from '../support/second-factor.js';

/** What the shop promises of other replicas. No less is waited, and no more. */
const PROMISED_MS = 1_000;
const NEW_PASSWORD = 'Loud-walrus-25';

const me = (app: TestApp, { accessToken }: Person) => app.http.get('/api/users/me').set(bearer(accessToken));

describe('older tokens, on another replica, a second later', () => {
  let shop: TestApp;
  let replica: TestApp;
  let admin: Person;

  beforeAll(async () => {
    shop = await startApp();
    replica = await startApp({ WORKER: 'false' }, shop);
    admin = await registerStaff(shop, 'admin');
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const as = ({ accessToken }: Person, method: 'post' | 'patch' | 'delete', path: string, body?: object) =>
    shop.http[method](path).set(bearer(accessToken)).send(body);

  /** What ends the sessions of somebody, done on the first replica; the second session is the one that does it. */
  const ENDS: readonly [string, (person: Person, other: Person) => Promise<unknown>][] = [
    [
      'a new password',
      (_, other) => {
        const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
        return as(other, 'post', '/api/users/me/password', body).expect(204);
      },
    ],
    [
      'a password that was reset',
      async ({ email }) => {
        await shop.http.post('/api/users/password-reset').send({ email }).expect(202);
        const token = await tokenTo(shop, email, 'Set a new password');
        const body = { token, newPassword: NEW_PASSWORD };
        await shop.http.post('/api/users/password-reset/confirm').send(body).expect(204);
      },
    ],
    ['another role', ({ id }) => as(admin, 'patch', `/api/users/${id}`, { role: 'support' }).expect(200)],
    ['a closed account', ({ id }) => as(admin, 'patch', `/api/users/${id}`, { active: false }).expect(200)],
    ['an erased account', ({ id }) => as(admin, 'delete', `/api/users/${id}`).expect(204)],
    ['a logout', (person) => as(person, 'post', '/api/users/logout').expect(204)],
    ['a logout everywhere', (_, other) => as(other, 'post', '/api/users/logout-all').expect(204)],
    [
      'a refresh token that is used again',
      async ({ refreshToken }) => {
        await shop.http.post('/api/users/refresh').send({ refreshToken }).expect(200);
        await shop.http.post('/api/users/refresh').send({ refreshToken }).expect(401);
      },
    ],
  ];

  it.each(ENDS)('are refused after %s', async (_, end) => {
    const person = await register(shop);
    const other = await logIn(shop, person.email);
    await me(replica, person).expect(200);
    await end(person, other);
    await delay(PROMISED_MS);
    expect((await me(replica, person).expect(401)).body.code).toBe('token_revoked');
    const refresh = replica.http.post('/api/users/refresh').send({ refreshToken: person.refreshToken });
    expect((await refresh.expect(401)).body.code).toMatch(/^token_(revoked|invalid)$/);
  });

  it('are refused, and younger ones are not, where the clocks of the replicas differ', async () => {
    const clock = new TestClock();
    clock.advance(30_000);
    const ahead = await startApp({ WORKER: 'false' }, { database: shop.database, db: shop.db, clock });
    try {
      const { id, email } = await register(shop);
      const older = await logIn(ahead, email);
      await as(admin, 'patch', `/api/users/${id}`, { role: 'support' }).expect(200);
      expect((await me(shop, older).expect(401)).body.code).toBe('token_revoked');
      expect((await ahead.http.post('/api/users/refresh').send({ refreshToken: older.refreshToken })).status).toBe(401);
      const staff = await logIn(ahead, (await registerStaff(shop, 'admin')).email);
      const change = ahead.http.patch(`/api/users/${id}`).set(bearer(staff.accessToken)).send({ role: 'customer' });
      await change.expect(200);
      const younger = await logIn(shop, email);
      await delay(PROMISED_MS);
      for (const app of [shop, ahead]) await me(app, younger).expect(200);
      expect((await me(ahead, older).expect(401)).body.code).toBe('token_revoked');
    } finally {
      await ahead.close();
    }
  });

  it('are refused after a second factor that an administrator removed', async () => {
    const { person } = await enrol(shop);
    await me(replica, person).expect(200);
    await as(admin, 'delete', `/api/users/${person.id}/totp`).expect(204);
    await delay(PROMISED_MS);
    expect((await me(replica, person).expect(401)).body.code).toBe('token_revoked');
  });

  it('open nothing any more that the role allowed which was taken, nor do API keys', async () => {
    const maker = await registerStaff(shop, 'admin');
    const terms = { name: 'erp', permissions: ['users:read'] };
    const { key } = (await as(maker, 'post', '/api/api-keys', terms).expect(201)).body;
    const list = (headers: Readonly<Record<string, string>>) => replica.http.get('/api/users').set(headers);
    await list(bearer(maker.accessToken)).expect(200);
    await list({ 'x-api-key': key }).expect(200);
    await as(admin, 'patch', `/api/users/${maker.id}`, { role: 'customer' }).expect(200);
    await delay(PROMISED_MS);
    await list(bearer(maker.accessToken)).expect(401);
    await list({ 'x-api-key': key }).expect(403);
  });
});

if (redisBinary === undefined) console.warn('Not run: revocation and Redis. There is no redis-server on the PATH.');
const withRedis = redisBinary === undefined ? describe.skip : describe;

withRedis('revoked tokens stay revoked', () => {
  let redis: TestRedis;
  let shop: TestApp;
  let replica: TestApp;

  beforeAll(async () => {
    redis = await startRedis();
    shop = await startApp({ REDIS_URL: redis.url });
    replica = await startApp({ REDIS_URL: redis.url, WORKER: 'false' }, shop);
    await eventually(() => {
      for (const { app } of [shop, replica]) expect(app.get(RedisLink, { strict: false }).client?.isReady).toBe(true);
    });
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
    await redis.remove();
  });

  it.each([
    ['is flushed', () => redis.run('FLUSHALL')],
    ['is gone', () => redis.kill()],
  ])('when the cache %s', async (_, harm) => {
    const person = await register(shop);
    const other = await register(shop, { username: `u${randomUUID().slice(0, 8)}` });
    await me(replica, person).expect(200);
    await shop.http.post('/api/users/logout').set(bearer(person.accessToken)).expect(204);
    await delay(PROMISED_MS);
    await harm();
    for (const app of [shop, replica]) {
      expect((await me(app, person).expect(401)).body.code).toBe('token_revoked');
      await me(app, other).expect(200);
    }
  });
});
