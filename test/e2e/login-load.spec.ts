import { hash } from '@node-rs/argon2';
import type { Turnstile } from '../../src/common/turnstile.js';
import { PasswordHasher } from '../../src/modules/auth/password-hasher.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { logIn, PASSWORD, register } from '../support/people.js';

/** More than are hashed and wait at once, on any machine that runs this. */
const CROWD = 400;

describe('the hashing of passwords', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp({ PASSWORD_HASH_MEMORY_KIB: '8192' });
  });
  afterAll(() => shop.close());

  it.each([
    ['login', { email: 'nobody@example.com', password: PASSWORD }],
    ['register', { email: 'somebody@example.com', password: PASSWORD, name: 'Ada' }],
  ])('has a bounded queue, past which a %s is asked to come back', async (route, body) => {
    const turnstile: Turnstile = Reflect.get(shop.app.get(PasswordHasher, { strict: false }), 'turnstile');
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const crowd = Array.from({ length: CROWD }, () => turnstile.pass(() => held).catch(() => undefined));
    const answer = await shop.http.post(`/api/users/${route}`).send(body).expect(503);
    letGo();
    expect(answer.body.code).toBe('busy');
    expect(answer.headers['retry-after']).toBe('5');
    await Promise.all(crowd);
    await shop.http.post('/api/users/login').send({ email: 'nobody@example.com', password: PASSWORD }).expect(401);
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
