import { once } from 'node:events';
import { connect } from 'node:net';
import { hash } from '@node-rs/argon2';
import { PASSWORD_HASHING, PasswordHasher } from '../../src/modules/auth/password-hasher.service.js';
import { Admissions, type Bottleneck } from '../../src/platform/http/admissions.js';
import { createProduct } from '../factories/product.js';
import { MANY_CONNECTIONS, startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { waitedFor } from '../support/locks.js';
import { bearer, logIn, PASSWORD, register } from '../support/people.js';

/** More than are hashed and wait at once, on any machine that runs this. */
const CROWD = 400;
/** Logins beyond those that are taken on. */
const SURPLUS = 30;

describe('the hashing of passwords', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp({
      ...MANY_CONNECTIONS,
      PASSWORD_HASH_MEMORY_KIB: '8192',
      DATABASE_LOCK_TIMEOUT_MS: '20000',
      WORKER: 'off',
    });
  });
  afterAll(() => shop.close());

  /** Fills the queue until told; what happens in it is of no interest here. */
  function fillQueue(app: TestApp): () => Promise<void> {
    const hasher = app.app.get(PasswordHasher, { strict: false });
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const crowd = Array.from({ length: CROWD }, () => hasher.inTurn(() => held).catch(() => undefined));
    return async () => {
      letGo();
      await Promise.all(crowd);
    };
  }

  /** Runs work while nobody can look anything up among the users. */
  async function withUsersLocked(work: () => Promise<void>): Promise<void> {
    const locker = await shop.db.connect();
    await locker.query('BEGIN');
    await locker.query('LOCK TABLE users, invitations, one_time_tokens IN ACCESS EXCLUSIVE MODE');
    try {
      await work();
    } finally {
      await locker.query('ROLLBACK');
      locker.release();
    }
  }

  const TOKEN = 'x'.repeat(43);
  const ROUTES = [
    ['login', { email: 'nobody@example.com', password: PASSWORD }],
    ['register', { email: 'somebody@example.com', password: PASSWORD, name: 'Ada' }],
    ['password-reset/confirm', { token: TOKEN, newPassword: PASSWORD }],
    ['invitations/accept', { token: TOKEN, name: 'Ada', password: PASSWORD }],
  ] as const;

  it.each(ROUTES)('has a bounded queue, past which a %s is asked to come back', async (route, body) => {
    const letGo = fillQueue(shop);
    const answer = await shop.http.post(`/api/users/${route}`).send(body).expect(503);
    await letGo();
    expect(answer.body).toEqual({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail: 'Too many people are logging in at the moment; try again shortly.',
      instance: `/api/users/${route}`,
      code: 'busy',
      requestId: answer.headers['x-request-id'],
    });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'retry-after': '5',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    await shop.http.post('/api/users/login').send({ email: 'nobody@example.com', password: PASSWORD }).expect(401);
  });

  it('answers those before it reads or looks up anything, and products as ever', async () => {
    const product = await createProduct(shop.db);
    await withUsersLocked(async () => {
      const letGo = fillQueue(shop);
      for (const [route, body] of ROUTES) {
        await shop.http.post(`/api/users/${route}`).send(body).expect(503);
        await shop.http.post(`/api/users/${route}`).type('json').send('{ not JSON').expect(503);
      }
      await shop.http.post('/api/users/me/password').set(bearer('no token')).expect(503);
      await shop.http.get(`/api/products/${product.id}`).expect(200);
      await shop.http.get('/api/users/me').expect(401);
      await letGo();
    });
    await shop.http.post('/api/users/login').type('json').send('{ not JSON').expect(400);
  });

  it('takes on as many requests as its queue has room for, also where they come at once, and lets few ask at a time', async () => {
    const { most } = Reflect.get(shop.app.get(Admissions).to(PASSWORD_HASHING), 'bottleneck') as Bottleneck;
    const statuses: number[] = [];
    const logIns: Promise<void>[] = [];
    await withUsersLocked(async () => {
      for (let index = 0; index < most + SURPLUS; index += 1) {
        const body = { email: `nobody-${index}@example.com`, password: PASSWORD };
        logIns.push(
          shop.http
            .post('/api/users/login')
            .send(body)
            .then(({ status }) => void statuses.push(status)),
        );
      }
      // On a slow machine there are more: those who have waited for too long.
      await eventually(() => expect(statuses.length).toBeGreaterThanOrEqual(SURPLUS));
      expect(new Set(statuses)).toEqual(new Set([503]));
      await shop.http.get('/api/products').expect(200);
      const asking = await waitedFor(shop.db, 'users');
      expect(asking).toBeGreaterThan(0);
      expect(asking).toBeLessThan(shop.config.DATABASE_POOL_SIZE);
    });
    await Promise.all(logIns);
    expect(statuses).toHaveLength(most + SURPLUS);
    expect(statuses.filter((status) => status !== 401 && status !== 503)).toEqual([]);
  });

  it('keeps no place for requests that have not arrived yet', async () => {
    const { most } = Reflect.get(shop.app.get(Admissions).to(PASSWORD_HASHING), 'bottleneck') as Bottleneck;
    const { hostname, port } = new URL(shop.url);
    const body = JSON.stringify({ email: 'nobody@example.com', password: PASSWORD });
    const head =
      `POST /api/users/login HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n`;
    const slow = await Promise.all(
      Array.from({ length: most + 1 }, async () => {
        const socket = connect(Number(port), hostname);
        await once(socket, 'connect');
        socket.write(head + body.slice(0, 10));
        return socket;
      }),
    );
    await shop.http.get('/api/products').expect(200);
    await shop.http.post('/api/users/login').send({ email: 'nobody@example.com', password: PASSWORD }).expect(401);
    for (const socket of slow) socket.destroy();
  });

  it('never takes a login that it refused for a wrong password', async () => {
    const strict = await startApp({ RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_LOGIN_FAILURES: '3' });
    const { email } = await register(strict);
    const letGo = fillQueue(strict);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await strict.http.post('/api/users/login').send({ email, password: 'Wrong-otter-52' }).expect(503);
    }
    await letGo();
    await logIn(strict, email);
    const refusals = "SELECT FROM audit_log WHERE action = 'user.login_failed'";
    expect((await strict.db.query(refusals)).rowCount).toBe(0);
    await strict.close();
  });

  it('is done anew at a login when its parameters have changed, and only then', async () => {
    const { id, email } = await register(shop);
    const stored = async (): Promise<string> =>
      (await shop.db.query('SELECT password_hash FROM users WHERE id = $1', [id])).rows[0].password_hash;
    const first = await stored();
    await logIn(shop, email);
    expect(await stored()).toBe(first);
    const weaker = await hash(PASSWORD, { memoryCost: 1_024, timeCost: 1, parallelism: 1 });
    await shop.db.query('UPDATE users SET password_hash = $2 WHERE id = $1', [id, weaker]);
    await shop.http.post('/api/users/login').send({ email, password: 'Wrong-otter-52' }).expect(401);
    expect(await stored()).toBe(weaker);
    await logIn(shop, email);
    expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=8192,t=2,p=1\$/);
    await logIn(shop, email);
  });
});
