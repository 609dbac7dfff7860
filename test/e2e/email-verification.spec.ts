import { startApp, type TestApp } from '../support/app.js';
import { linkIn, mailsTo, tokenTo } from '../support/mails.js';
import { bearer, type Person, register } from '../support/people.js';

const SUBJECT = 'Confirm your email address';
const DAY_MS = 86_400_000;

describe('an email address', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp({ HOST: '0.0.0.0', PORT: '4321' });
  });
  afterAll(() => shop.close());

  const ask = (person: Person) =>
    shop.http.post('/api/users/email-verification').set(bearer(person.accessToken)).expect(202, '');
  const confirm = (token: string) => shop.http.post('/api/users/email-verification/confirm').send({ token });
  const refused = async (token: string): Promise<void> => {
    expect((await confirm(token).expect(400)).body).toMatchObject({
      code: 'invalid_token',
      errors: [{ path: 'token' }],
    });
  };
  const verified = async ({ accessToken }: Person): Promise<boolean> =>
    (await shop.http.get('/api/users/me').set(bearer(accessToken)).expect(200)).body.emailVerified;

  it('is confirmed by the link that a new account is mailed, once', async () => {
    const person = await register(shop);
    expect(await verified(person)).toBe(false);
    const [mail] = await mailsTo(shop, person.email, SUBJECT);
    const { href, token } = linkIn(mail);
    expect(href).toBe(`http://localhost:4321/verify-email#token=${token}`);
    await confirm(token).expect(204, '');
    expect(await verified(person)).toBe(true);
    await refused(token);
  });

  it('is confirmed for the user that the link was mailed to, whoever brings it', async () => {
    const ada = await register(shop);
    const grace = await register(shop);
    const token = await tokenTo(shop, ada.email, SUBJECT);
    await confirm(token).set(bearer(grace.accessToken)).expect(204);
    expect([await verified(ada), await verified(grace)]).toEqual([true, false]);
  });

  it('has one living link, and none once it is confirmed', async () => {
    const person = await register(shop);
    const first = await tokenTo(shop, person.email, SUBJECT);
    await ask(person);
    const second = await tokenTo(shop, person.email, SUBJECT);
    await refused(first);
    await confirm(second).expect(204);
    await ask(person);
    expect(await mailsTo(shop, person.email, SUBJECT)).toHaveLength(2);
  });

  it('is not confirmed by a link that is older than a day', async () => {
    const person = await register(shop);
    const token = await tokenTo(shop, person.email, SUBJECT);
    shop.clock.advance(DAY_MS + 1_000);
    await refused(token);
  });

  it('is not confirmed by the link to an earlier one', async () => {
    const person = await register(shop);
    const token = await tokenTo(shop, person.email, SUBJECT);
    const email = `new-${person.email}`;
    await shop.http.patch('/api/users/me').set(bearer(person.accessToken)).send({ email }).expect(200);
    await refused(token);
    expect(await verified(person)).toBe(false);
    await ask(person);
    await confirm(await tokenTo(shop, email, SUBJECT)).expect(204);
    expect(await verified(person)).toBe(true);
  });

  it('is not confirmed by a token for something else', async () => {
    const { email } = await register(shop);
    await shop.http.post('/api/users/password-reset').send({ email }).expect(202);
    await refused(await tokenTo(shop, email, 'Set a new password'));
  });

  it('is not confirmed without a token of ours, and asked about only by its user', async () => {
    await refused('garbage');
    await shop.http.post('/api/users/email-verification').expect(401);
  });

  it('gets no words of the person who gave it', async () => {
    const { email } = await register(shop, { name: 'Win at casino.example' });
    const [mail] = await mailsTo(shop, email, SUBJECT);
    expect(mail).not.toContain('casino');
  });
});
