import { newId } from '../../src/common/ids.js';
import { startApp, type TestApp } from '../support/app.js';
import { linkIn, mailsTo, tokenTo } from '../support/mails.js';
import { bearer, logIn, PASSWORD, type Person, register, registerStaff } from '../support/people.js';

const SUBJECT = 'You are invited to Tradepost';
const WEEK_MS = 7 * 86_400_000;

describe('an invitation', () => {
  let shop: TestApp;
  let admin: Person;

  beforeAll(async () => {
    shop = await startApp({ PUBLIC_URL: 'https://shop.example' });
    admin = await registerStaff(shop, 'admin');
  });
  afterAll(() => shop.close());

  const invite = (body: object, person = admin) =>
    shop.http.post('/api/users/invitations').set(bearer(person.accessToken)).send(body);
  const accept = (token: string, change: object = {}) =>
    shop.http.post('/api/users/invitations/accept').send({ token, name: 'Grace', password: PASSWORD, ...change });
  const refused = async (token: string): Promise<void> => {
    expect((await accept(token).expect(400)).body).toMatchObject({
      code: 'invalid_token',
      errors: [{ path: 'token' }],
    });
  };
  const newAddress = (): string => `${newId()}@example.com`;
  const invited = async (role: string, person = admin) => {
    const email = newAddress();
    await invite({ email, role }, person).expect(201);
    return { email, token: await tokenTo(shop, email, SUBJECT) };
  };

  it('becomes an account with its role and a confirmed address, once', async () => {
    const email = newAddress();
    const invitation = await invite({ email, role: 'manager' }).expect(201);
    expect(invitation.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email,
      role: 'manager',
      expiresAt: expect.stringMatching(/Z$/),
    });
    const { href, token } = linkIn((await mailsTo(shop, email, SUBJECT))[0]);
    expect(href).toBe(`https://shop.example/accept-invitation#token=${token}`);
    const answer = await accept(token).expect(201);
    expect(answer.headers).toMatchObject({ location: '/api/users/me', 'cache-control': 'no-store' });
    expect(answer.body).toEqual({
      user: expect.objectContaining({ email, name: 'Grace', role: 'manager', emailVerified: true }),
      accessToken: expect.any(String),
      refreshToken: expect.stringMatching(/^[\w-]{43}$/),
      tokenType: 'Bearer',
      expiresIn: 3_600,
    });
    await shop.http.get('/api/users').set(bearer(answer.body.accessToken)).expect(200);
    await logIn(shop, email);
    await refused(token);
    expect(await mailsTo(shop, email, 'Confirm your email address')).toEqual([]);
  });

  it('becomes one account when it is accepted by several at once', async () => {
    const { token } = await invited('support');
    const answers = await Promise.all(Array.from({ length: 5 }, () => accept(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400]);
  });

  it('is sent once under an Idempotency-Key, with the same answer', async () => {
    const email = newAddress();
    const send = () => invite({ email, role: 'support' }).set('idempotency-key', `invite-${email}`).expect(201);
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await mailsTo(shop, email, SUBJECT)).toHaveLength(1);
  });

  it('ends after a week', async () => {
    const { token } = await invited('support');
    shop.clock.advance(WEEK_MS + 1_000);
    admin = await logIn(shop, admin.email);
    await refused(token);
  });

  it('is replaced by the next one to the same address, in whatever writing', async () => {
    const { email, token } = await invited('manager');
    const written = email.toUpperCase().replace('EXAMPLE.COM', 'example.com');
    await invite({ email: written, role: 'support' }).expect(201);
    await refused(token);
    const answer = await accept(await tokenTo(shop, written, SUBJECT)).expect(201);
    expect(answer.body.user.role).toBe('support');
  });

  it('is refused for an address that has an account, also one that comes first', async () => {
    const { email } = await register(shop);
    expect((await invite({ email: email.toUpperCase(), role: 'support' }).expect(409)).body.code).toBe('email_taken');
    const late = await invited('support');
    await register(shop, { email: late.email });
    expect((await accept(late.token).expect(409)).body.code).toBe('email_taken');
  });

  it.each(['customer', 'support', 'manager'])('cannot be sent by a %s', async (role) => {
    const person = await registerStaff(shop, role);
    await invite({ email: newAddress(), role: 'customer' }, person).expect(403);
  });

  it('needs a sender who is logged in', () =>
    shop.http.post('/api/users/invitations').send({ email: newAddress(), role: 'support' }).expect(401));

  it.each([
    ['may no longer give the role', { role: 'support' }],
    ['has no account any more', { active: false }],
  ])('is void once its sender %s', async (_, change) => {
    const sender = await registerStaff(shop, 'admin');
    const { token } = await invited('admin', sender);
    await shop.http.patch(`/api/users/${sender.id}`).set(bearer(admin.accessToken)).send(change).expect(200);
    await refused(token);
  });

  it('takes no role, address or verification from who accepts it, and no weak password', async () => {
    const { token } = await invited('support');
    for (const more of [{ role: 'admin' }, { email: 'x@example.com' }, { emailVerified: true }]) {
      await accept(token, more).expect(400);
    }
    const weak = await accept(token, { password: 'Password1!' }).expect(400);
    expect(weak.body.errors).toMatchObject([{ path: 'password' }]);
    expect((await accept(token).expect(201)).body.user.role).toBe('support');
  });

  it.each([[{ email: 'nobody', role: 'support' }], [{ email: 'a@example.com', role: 'root' }], [{ role: 'support' }]])(
    'needs an address and a role that exist: %j',
    (body) => invite(body).expect(400),
  );

  it('is not accepted with a token for something else', async () => {
    const { email } = await register(shop);
    await refused(await tokenTo(shop, email, 'Confirm your email address'));
    await refused('garbage');
  });
});
