import { PasswordHasher } from '../../src/modules/auth/password-hasher.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { tokenTo } from '../support/mails.js';
import { bearer, logIn, PASSWORD, register } from '../support/people.js';
import { enrol } from '../support/second-factor.js';

const NEW_PASSWORD = 'Loud-walrus-25';
const WRONG = 'Wrong-otter-52';

describe('an account whose password is being guessed', () => {
  let shop: TestApp;
  let asked = 0;

  beforeAll(async () => {
    shop = await startApp({ RATE_LIMIT_ENABLED: 'true', TRUSTED_PROXIES: '127.0.0.1' });
  });
  afterAll(() => shop.close());

  /** From an address that nobody has used yet. */
  const login = (body: object) => {
    asked += 1;
    const address = `198.18.${asked >> 8}.${asked & 255}`;
    return shop.http.post('/api/users/login').set('x-forwarded-for', address).send(body);
  };
  const guess = async (body: object, times: number): Promise<number[]> => {
    const statuses: number[] = [];
    for (let i = 0; i < times; i += 1) statuses.push((await login({ ...body, password: WRONG })).status);
    return statuses;
  };
  const reset = async (email: string): Promise<void> => {
    await shop.http.post('/api/users/password-reset').send({ email }).expect(202);
    const token = await tokenTo(shop, email, 'Set a new password');
    const body = { token, newPassword: NEW_PASSWORD };
    await shop.http.post('/api/users/password-reset/confirm').send(body).expect(204);
  };

  it('is open at once to its owner who resets the password, under each of its names and when logged in', async () => {
    const username = 'guessed.otter';
    const { email, accessToken } = await register(shop, { username });
    expect(await guess({ email }, 100)).toEqual([...Array<number>(10).fill(401), ...Array<number>(90).fill(429)]);
    await login({ email, password: PASSWORD }).expect(429);
    expect(await guess({ username }, 11)).toEqual([...Array<number>(10).fill(401), 429]);
    const confirm = (token: string, currentPassword: string) =>
      shop.http
        .post('/api/users/me/password')
        .set(bearer(token))
        .send({ currentPassword, newPassword: `${NEW_PASSWORD}x` });
    for (let i = 0; i < 10; i += 1) await confirm(accessToken, WRONG).expect(401);
    await confirm(accessToken, PASSWORD).expect(429);
    await reset(email);
    await login({ username, password: NEW_PASSWORD }).expect(200);
    const { body } = await login({ email, password: NEW_PASSWORD }).expect(200);
    await confirm(body.accessToken, NEW_PASSWORD).expect(204);
  });

  it('keeps its second factor when the password is reset', async () => {
    const { person, recoveryCodes } = await enrol(shop);
    await reset(person.email);
    const answer = await login({ email: person.email, password: NEW_PASSWORD }).expect(401);
    expect(answer.body.code).toBe('otp_required');
    await login({ email: person.email, password: NEW_PASSWORD, otp: recoveryCodes[0] }).expect(200);
  });

  it('costs a hash to be guessed at, whether it is there, closed, without a password or not there', async () => {
    const [known, closed, bare] = [await register(shop), await register(shop), await register(shop)];
    await shop.db.query('UPDATE users SET active = false WHERE id = $1', [closed.id]);
    await shop.db.query('UPDATE users SET password_hash = NULL WHERE id = $1', [bare.id]);
    const hashing = jest.spyOn(shop.app.get(PasswordHasher, { strict: false }), 'matches');
    for (const email of [known.email, closed.email, bare.email, 'nobody@example.com']) {
      hashing.mockClear();
      await login({ email, password: WRONG }).expect(401);
      expect(hashing).toHaveBeenCalledTimes(1);
    }
    hashing.mockRestore();
    await logIn(shop, known.email);
  });

  it('hashes nothing of a megabyte', async () => {
    const hashing = jest.spyOn(shop.app.get(PasswordHasher, { strict: false }), 'matches');
    await login({ email: 'nobody@example.com', password: 'x'.repeat(1_000_000) }).expect(400);
    expect(hashing).not.toHaveBeenCalled();
    hashing.mockRestore();
  });
});
