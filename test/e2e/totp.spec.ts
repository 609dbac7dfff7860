import { startApp, type TestApp } from '../support/app.js';
import { fromBase32, oneTimePassword } from '../support/one-time-passwords.js';
import { bearer, PASSWORD, type Person, register, registerStaff } from '../support/people.js';

const STEP_MS = 30_000;

describe('the second factor of the staff', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp();
  });
  afterAll(() => shop.close());

  const totp = (person: Person, body: object = { password: PASSWORD }) =>
    shop.http.post('/api/users/me/totp').set(bearer(person.accessToken)).send(body);
  const confirm = (person: Person, code: string) =>
    shop.http.post('/api/users/me/totp/confirm').set(bearer(person.accessToken)).send({ code });
  const remove = (person: Person, body: object) =>
    shop.http.delete('/api/users/me/totp').set(bearer(person.accessToken)).send(body);
  const login = ({ email }: Person, otp?: unknown, password = PASSWORD) =>
    shop.http.post('/api/users/login').send({ email, password, ...(otp === undefined ? {} : { otp }) });
  const now = (secret: Buffer, offset = 0) => oneTimePassword(secret, new Date(shop.clock.now().getTime() + offset));
  /** Never one of those that are good at the moment. */
  const wrong = (secret: Buffer): string =>
    ['000000', '111111', '222222', '333333'].find(
      (code) => ![-STEP_MS, 0, STEP_MS].some((offset) => now(secret, offset) === code),
    ) ?? '';

  /** Somebody whose second factor is active, and whose last code was used a step ago. */
  async function enrolled(role = 'support') {
    const person = await registerStaff(shop, role);
    const secret = fromBase32((await totp(person).expect(201)).body.secret);
    const { body } = await confirm(person, now(secret)).expect(200);
    shop.clock.advance(2 * STEP_MS);
    return { person, secret, recoveryCodes: body.recoveryCodes as string[] };
  }

  it('is set up with the password, and asked for only once it is confirmed', async () => {
    const person = await registerStaff(shop, 'manager');
    const { body, headers } = await totp(person).expect(201);
    expect(body).toEqual({
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      otpauthUri: expect.stringMatching(/^otpauth:\/\/totp\/Tradepost:/),
    });
    expect(headers['cache-control']).toBe('no-store');
    await login(person).expect(200);
    const secret = fromBase32(body.secret);
    expect((await confirm(person, wrong(secret)).expect(401)).body.code).toBe('invalid_credentials');
    const { recoveryCodes } = (await confirm(person, now(secret)).expect(200)).body;
    expect(new Set(recoveryCodes).size).toBe(10);
    const asked = await login(person).expect(401);
    expect(asked.body.code).toBe('otp_required');
    expect(asked.headers['www-authenticate']).toBe('Bearer realm="tradepost"');
  });

  it('takes the code of an authenticator that knows nothing of us', async () => {
    const { person, secret } = await enrolled();
    const answer = await login(person, now(secret)).expect(200);
    expect(answer.body).toMatchObject({ user: { id: person.id }, tokenType: 'Bearer' });
  });

  it('takes a code once, however often it is sent at a time', async () => {
    const { person, secret } = await enrolled();
    const code = now(secret);
    const answers = await Promise.all(Array.from({ length: 8 }, () => login(person, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(401)]);
    expect((await login(person, code).expect(401)).body.code).toBe('invalid_credentials');
    shop.clock.advance(STEP_MS);
    await login(person, now(secret)).expect(200);
  });

  it('does not take the code again that it was confirmed with', async () => {
    const person = await registerStaff(shop, 'support');
    const secret = fromBase32((await totp(person).expect(201)).body.secret);
    const code = now(secret);
    await confirm(person, code).expect(200);
    await login(person, code).expect(401);
  });

  it('takes a code a step early or late, no older one than the last, and none further off', async () => {
    const { person, secret } = await enrolled();
    await login(person, now(secret, -2 * STEP_MS)).expect(401);
    await login(person, now(secret, 2 * STEP_MS)).expect(401);
    await login(person, now(secret, -STEP_MS)).expect(200);
    await login(person, now(secret, STEP_MS)).expect(200);
    await login(person, now(secret)).expect(401);
  });

  it('tells a wrong code like a wrong password, and does not tell without the password that there is one', async () => {
    const { person, secret } = await enrolled();
    const answers = [
      await login(person, wrong(secret)).expect(401),
      await login(person, undefined, 'Wrong-otter-52').expect(401),
      await login(person, now(secret), 'Wrong-otter-52').expect(401),
    ];
    const told = answers.map(({ body: { requestId, ...rest } }) => rest);
    expect(told[0].code).toBe('invalid_credentials');
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
    const { rows } = await shop.db.query('SELECT count(*)::int AS n FROM refresh_tokens WHERE user_id = $1', [
      person.id,
    ]);
    expect(rows[0].n).toBe(2);
    await login(person, now(secret)).expect(200);
  });

  it.each([123456, '12345', '1234567', 'abcdef', ['123456'], '', null])('refuses what is no code: %j', async (otp) => {
    const { body } = await login({ id: '', email: 'a@example.com', accessToken: '', refreshToken: '' }, otp).expect(
      400,
    );
    expect(body.errors).toEqual([expect.objectContaining({ path: 'otp' })]);
  });

  it('can be stood in for by each recovery code once, in whatever writing', async () => {
    const { person, recoveryCodes } = await enrolled();
    const [first = '', second = ''] = recoveryCodes;
    const answers = await Promise.all(Array.from({ length: 5 }, () => login(person, first)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401]);
    await login(person, first).expect(401);
    await login(person, second.toUpperCase().replaceAll('-', '')).expect(200);
    const other = await enrolled();
    await login(other.person, recoveryCodes[2]).expect(401);
  });

  it('is removed with the password and a code, and not with less', async () => {
    const { person, secret, recoveryCodes } = await enrolled();
    await remove(person, { password: PASSWORD }).expect(400);
    await remove(person, { password: 'Wrong-otter-52', code: now(secret) }).expect(401);
    await remove(person, { password: PASSWORD, code: wrong(secret) }).expect(401);
    expect((await totp(person).expect(409)).body.code).toBe('totp_active');
    expect((await confirm(person, now(secret)).expect(409)).body.code).toBe('totp_active');
    await remove(person, { password: PASSWORD, code: recoveryCodes[0] }).expect(204, '');
    await login(person).expect(200);
    expect((await remove(person, { password: PASSWORD, code: now(secret) }).expect(404)).body.code).toBe(
      'totp_not_found',
    );
    const again = fromBase32((await totp(person).expect(201)).body.secret);
    expect(again).not.toEqual(secret);
  });

  it('is nothing for customers, but stays with those who become one', async () => {
    const customer = await register(shop);
    expect((await totp(customer).expect(403)).body.code).toBe('forbidden');
    expect((await confirm(customer, '123456').expect(404)).body.code).toBe('totp_not_found');
    const { person, secret } = await enrolled();
    await shop.db.query(`UPDATE users SET role = 'customer' WHERE id = $1`, [person.id]);
    await login(person).expect(401);
    const { body } = await login(person, now(secret)).expect(200);
    shop.clock.advance(STEP_MS);
    await remove({ ...person, ...body }, { password: PASSWORD, code: now(secret) }).expect(204);
  });

  it('wants the password, and a valid token', async () => {
    const person = await registerStaff(shop, 'admin');
    await totp(person, {}).expect(400);
    expect((await totp(person, { password: 'Wrong-otter-52' }).expect(401)).body.code).toBe('invalid_credentials');
    await shop.http.post('/api/users/me/totp').send({ password: PASSWORD }).expect(401);
  });

  it('set up twice counts with the later secret alone', async () => {
    const person = await registerStaff(shop, 'support');
    const first = fromBase32((await totp(person).expect(201)).body.secret);
    const second = fromBase32((await totp(person).expect(201)).body.secret);
    await confirm(person, now(first)).expect(401);
    const answers = await Promise.all([1, 2, 3].map(() => confirm(person, now(second))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  it('leaves nothing in the database that a thief could use', async () => {
    const { person, secret, recoveryCodes } = await enrolled();
    const { rows } = await shop.db.query(
      `SELECT t.secret, array_agg(c.code_hash) AS hashes, t::text || string_agg(c::text, '') AS text
       FROM totp_factors t JOIN recovery_codes c USING (user_id) WHERE user_id = $1 GROUP BY t.user_id`,
      [person.id],
    );
    expect(rows[0].hashes).toHaveLength(10);
    expect(rows[0].secret.includes(secret)).toBe(false);
    expect(recoveryCodes.filter((code) => rows[0].text.includes(code.replaceAll('-', '')))).toEqual([]);
  });

  it('cannot be moved to another account inside the database', async () => {
    const [mine, theirs] = [await enrolled(), await enrolled()];
    await shop.db.query(
      'UPDATE totp_factors SET secret = (SELECT secret FROM totp_factors WHERE user_id = $1) WHERE user_id = $2',
      [mine.person.id, theirs.person.id],
    );
    await login(theirs.person, now(mine.secret)).expect(500);
  });
});
