import { startApp, type TestApp } from '../support/app.js';
import { mailsTo } from '../support/mails.js';
import { bearer, PASSWORD, type Person, register, registerStaff } from '../support/people.js';
import { type Enrolled, enrol } from '../support/second-factor.js';

const STEP_MS = 30_000;
const WRONG = 'Wrong-otter-52';

let shop: TestApp;
let admin: Person;

beforeAll(async () => {
  shop = await startApp();
  admin = await registerStaff(shop, 'admin');
});
afterAll(() => shop.close());

const renew = (person: Person, body: object) =>
  shop.http.post('/api/users/me/totp/recovery-codes').set(bearer(person.accessToken)).send(body);
const login = ({ email }: Person, otp?: string) =>
  shop.http.post('/api/users/login').send({ email, password: PASSWORD, ...(otp === undefined ? {} : { otp }) });
/** A code that is none of those that are good at the moment. */
const wrongCode = ({ code }: Enrolled): string => (code() === '000000' ? '111111' : '000000');

describe('new recovery codes', () => {
  it.each([
    ['the password', async () => ({ password: PASSWORD })],
    ['a code of the app', async ({ code }: Enrolled) => ({ code: code() })],
    ['one of those to be replaced', async ({ recoveryCodes }: Enrolled) => ({ code: recoveryCodes[3] })],
    ['the password and a code', async ({ code }: Enrolled) => ({ password: PASSWORD, code: code() })],
  ])('are given for %s, and void all that came before', async (_, proof) => {
    const enrolled = await enrol(shop);
    const { person, recoveryCodes: old } = enrolled;
    await login(person, old[0]).expect(200);
    const answer = await renew(person, await proof(enrolled)).expect(201);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { recoveryCodes: fresh } = answer.body;
    expect(new Set([...fresh, ...old]).size).toBe(20);
    for (const code of [old[0], old[1], old[3]]) await login(person, code).expect(401);
    await login(person, fresh[0]).expect(200);
    await login(person, fresh[0]).expect(401);
    shop.clock.advance(STEP_MS);
    await login(person, enrolled.code()).expect(200);
    expect(await mailsTo(shop, person.email, 'You have new recovery codes')).toHaveLength(1);
  });

  it('are not given for anything less', async () => {
    const enrolled = await enrol(shop);
    const { person, recoveryCodes, code } = enrolled;
    expect((await renew(person, {}).expect(400)).body.errors).toMatchObject([{ path: 'password' }]);
    for (const body of [{ password: null }, { code: null }, { code: 123456 }, { password: [PASSWORD] }]) {
      await renew(person, body).expect(400);
    }
    const wrong = [
      { password: WRONG },
      { code: wrongCode(enrolled) },
      { code: 'zzzz-zzzz-zzzz-zzzz' },
      { password: PASSWORD, code: wrongCode(enrolled) },
      { password: WRONG, code: code() },
    ];
    for (const body of wrong) expect((await renew(person, body).expect(401)).body.code).toBe('invalid_credentials');
    await shop.http.post('/api/users/me/totp/recovery-codes').send({ password: PASSWORD }).expect(401);
    await login(person, recoveryCodes[0]).expect(200);
  });

  it('are ten, however many ask for them at once', async () => {
    const { person } = await enrol(shop);
    const answers = await Promise.all(Array.from({ length: 5 }, () => renew(person, { password: PASSWORD })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    const { rows } = await shop.db.query('SELECT count(*)::int AS n FROM recovery_codes WHERE user_id = $1', [
      person.id,
    ]);
    expect(rows).toEqual([{ n: 10 }]);
  });

  it('are for a second factor that is in use', async () => {
    const plain = await registerStaff(shop, 'support');
    const pending = await enrol(shop, { confirmed: false });
    for (const person of [plain, pending.person]) {
      expect((await renew(person, { password: PASSWORD }).expect(404)).body.code).toBe('totp_not_found');
    }
  });
});

describe('the second factor of somebody who has lost it', () => {
  const reset = (id: string, headers: Readonly<Record<string, string>> = bearer(admin.accessToken)) =>
    shop.http.delete(`/api/users/${id}/totp`).set(headers);

  it('is removed by an administrator, which ends their sessions and is told to them', async () => {
    const { person, recoveryCodes } = await enrol(shop);
    await reset(person.id).expect(204, '');
    expect((await shop.http.get('/api/users/me').set(bearer(person.accessToken)).expect(401)).body.code).toBe(
      'token_revoked',
    );
    await shop.http.post('/api/users/refresh').send({ refreshToken: person.refreshToken }).expect(401);
    const again = await login(person).expect(200);
    const { rows } = await shop.db.query(
      'SELECT user_id FROM totp_factors WHERE user_id = $1 UNION SELECT user_id FROM recovery_codes WHERE user_id = $1',
      [person.id],
    );
    expect(rows).toEqual([]);
    const [mail = '', ...more] = await mailsTo(shop, person.email, 'Your second factor was removed');
    expect(more).toEqual([]);
    expect(mail).not.toContain('#token=');
    const renewed = await enrol(shop, { person: { ...person, ...again.body } });
    expect(renewed.recoveryCodes).not.toEqual(recoveryCodes);
    const found = await shop.http
      .get('/api/admin/audit')
      .query({ subjectId: person.id, action: 'user.totp_reset' })
      .set(bearer(admin.accessToken))
      .expect(200);
    expect(found.body.items).toEqual([expect.objectContaining({ actor: 'user', actorId: admin.id })]);
  });

  it('is removed once by two at once, and told once', async () => {
    const { person } = await enrol(shop);
    const answers = await Promise.all([reset(person.id), reset(person.id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
    expect(await mailsTo(shop, person.email, 'Your second factor was removed')).toHaveLength(1);
  });

  it('is not found where there is none', async () => {
    const [plain, erased] = [await registerStaff(shop, 'support'), await register(shop)];
    await shop.http.delete('/api/users/me').set(bearer(erased.accessToken)).expect(204);
    expect((await reset(plain.id).expect(404)).body.code).toBe('totp_not_found');
    await shop.http.get('/api/users/me').set(bearer(plain.accessToken)).expect(200);
    for (const id of [erased.id, '01996ab0-0000-7000-8000-000000000001', 'nobody']) {
      expect((await reset(id).expect(404)).body.code).toBe('user_not_found');
    }
  });

  it('is not one’s own: that takes the password and a code', async () => {
    const { person } = await enrol(shop, { role: 'admin' });
    await reset(person.id, bearer(person.accessToken)).expect(403);
    const key = shop.http.post('/api/api-keys').set(bearer(person.accessToken));
    const { body } = await key.send({ name: 'mine', permissions: ['users:write'] }).expect(201);
    await reset(person.id, { 'x-api-key': body.key }).expect(403);
  });

  it('is not removed by those who may do less than its owner', async () => {
    const [boss, support] = [await enrol(shop, { role: 'admin' }), await enrol(shop)];
    const key = shop.http.post('/api/api-keys').set(bearer(admin.accessToken));
    const { body } = await key.send({ name: 'help desk', permissions: ['users:write'] }).expect(201);
    await reset(boss.person.id, { 'x-api-key': body.key }).expect(403);
    await reset(support.person.id, { 'x-api-key': body.key }).expect(403);
    await reset(support.person.id, bearer(support.person.accessToken)).expect(403);
    await reset(support.person.id, {}).expect(401);
    await reset(boss.person.id).expect(204);
  });
});

it('a role is not given by those who may do less than it allows', async () => {
  const person = await register(shop);
  const key = shop.http.post('/api/api-keys').set(bearer(admin.accessToken));
  const { body } = await key
    .send({ name: 'sync', permissions: ['users:write', 'users:read', 'sales:read'] })
    .expect(201);
  const patch = (change: object) => shop.http.patch(`/api/users/${person.id}`).set('x-api-key', body.key).send(change);
  for (const role of ['admin', 'manager', 'support']) {
    expect((await patch({ role }).expect(403)).body.code).toBe('forbidden');
  }
  await patch({ role: 'customer', active: false }).expect(200);
});

it('codes of the second factor cannot be guessed with a stolen access token', async () => {
  const guarded = await startApp({ RATE_LIMIT_ENABLED: 'true' }, shop);
  try {
    const enrolled = await enrol(shop);
    const { person, recoveryCodes } = enrolled;
    const headers = bearer(person.accessToken);
    const guesses = [
      (code: string) => guarded.http.post('/api/users/me/totp/recovery-codes').set(headers).send({ code }),
      (code: string) => guarded.http.delete('/api/users/me/totp').set(headers).send({ password: PASSWORD, code }),
    ];
    for (let index = 0; index < 10; index += 1) await guesses[index % 2]?.(wrongCode(enrolled)).expect(401);
    for (const guess of guesses) {
      await guess(wrongCode(enrolled)).expect(429);
      expect((await guess(recoveryCodes[0] ?? '').expect(429)).headers['retry-after']).toBeDefined();
    }
    shop.clock.advance(60_000);
    await guesses[0]?.(recoveryCodes[0] ?? '').expect(201);
  } finally {
    await guarded.close();
  }
});
