import { newId } from '../../src/common/ids.js';
import { startApp, type TestApp } from '../support/app.js';
import { linkIn, mailsTo, tokenTo } from '../support/mails.js';
import { bearer, PASSWORD, type Person, register, registerStaff } from '../support/people.js';

const SPOOFED = {
  host: 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'http',
  forwarded: 'host=evil.example;proto=http',
  origin: 'https://evil.example',
  referer: 'https://evil.example/',
};

describe('an email address', () => {
  let shop: TestApp;
  let admin: Person;

  beforeAll(async () => {
    shop = await startApp({ PUBLIC_URL: 'https://shop.example' });
    admin = await registerStaff(shop, 'admin');
  });
  afterAll(() => shop.close());

  const post = (path: string, body: object) => shop.http.post(path).send(body);

  describe.each([
    ['capitals', 'ada.one@example.com', 'ADA.One@EXAMPLE.com'],
    ['full-width letters', 'ada.two@example.com', 'ａｄａ．ｔｗｏ＠ｅｘａｍｐｌｅ．ｃｏｍ'],
    ['accents put together', 'jo\u0308rg.three@example.com', 'j\u00f6rg.three@example.com'],
    ['a domain in ASCII', 'ada.four@b\u00fccher.example', 'ada.four@xn--bcher-kva.example'],
    ['ligatures', 'o\ufb03ce.five@example.com', 'office.five@example.com'],
    ['a sign that is a letter', 'K.six@example.com', '\u212a.six@example.com'],
    ['white space around it', 'ada.seven@example.com', ' ada.seven@example.com\n'],
  ])('with %s', (_, written, other) => {
    it('is the same account: to register, to log in, to be reset and to be invited', async () => {
      const { id } = await register(shop, { email: written });
      const again = await post('/api/users/register', { email: other, password: PASSWORD, name: 'Eve' }).expect(409);
      expect(again.body.code).toBe('email_taken');
      const moving = await register(shop);
      const move = shop.http.patch('/api/users/me').set(bearer(moving.accessToken)).send({ email: other });
      expect((await move.expect(409)).body.code).toBe('email_taken');
      const { body } = await post('/api/users/login', { email: other, password: PASSWORD }).expect(200);
      expect(body.user.id).toBe(id);
      const invite = shop.http.post('/api/users/invitations').set(bearer(admin.accessToken));
      expect((await invite.send({ email: other, role: 'support' }).expect(409)).body.code).toBe('email_taken');
      const token = async (): Promise<unknown> =>
        (
          await shop.db.query(
            `SELECT token_hash FROM one_time_tokens WHERE user_id = $1 AND purpose = 'password_reset'`,
            [id],
          )
        ).rows[0];
      expect(await token()).toBeUndefined();
      await post('/api/users/password-reset', { email: other }).expect(202);
      await mailsTo(shop, written, 'Set a new password');
      expect(await token()).toBeDefined();
    });
  });

  it('is led to the shop by its mails, whatever host a request names', async () => {
    const email = `${newId()}@example.com`;
    const person = await shop.http
      .post('/api/users/register')
      .set(SPOOFED)
      .send({ email, password: PASSWORD, name: 'Ada' })
      .expect(201);
    const ask = shop.http.post('/api/users/email-verification').set(SPOOFED).set(bearer(person.body.accessToken));
    await ask.expect(202);
    const invited = `${newId()}@example.com`;
    const invite = shop.http.post('/api/users/invitations').set(SPOOFED).set(bearer(admin.accessToken));
    await invite.send({ email: invited, role: 'support' }).expect(201);
    const mails = [
      ...(await mailsTo(shop, email, 'Confirm your email address')),
      ...(await mailsTo(shop, invited, 'You are invited to Tradepost')),
    ];
    expect(mails.length).toBeGreaterThanOrEqual(2);
    for (const mail of mails) {
      expect(linkIn(mail).href).toMatch(/^https:\/\/shop\.example\/(verify-email|accept-invitation)#token=/);
      expect(mail).not.toContain('evil');
    }
  });

  it('is confirmed for nobody by a token that is good for something else', async () => {
    const { email, accessToken } = await register(shop);
    await post('/api/users/password-reset', { email }).expect(202);
    const token = await tokenTo(shop, email, 'Set a new password');
    await post('/api/users/email-verification/confirm', { token }).expect(400);
    await post('/api/users/invitations/accept', { token, name: 'Eve', password: PASSWORD }).expect(400);
    await post('/api/users/refresh', { refreshToken: token }).expect(401);
    await shop.http.get('/api/users/me').set(bearer(token)).expect(401);
    const { body } = await shop.http.get('/api/users/me').set(bearer(accessToken)).expect(200);
    expect(body.emailVerified).toBe(false);
  });

  it.each([
    'active=maybe',
    'role=root',
    'active=true&active=false',
    'role[]=admin',
    'expand=passwordHash',
    'emailKey=a',
  ])('is not searched for by %s', async (query) => {
    await shop.http.get(`/api/users?${query}`).set(bearer(admin.accessToken)).expect(400);
  });
});
