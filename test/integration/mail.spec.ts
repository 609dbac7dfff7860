import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import supertest from 'supertest';
import { AppModule } from '../../src/app.module.js';
import { newId } from '../../src/common/ids.js';
import { createHttpApp } from '../../src/platform/http/create-app.js';
import { MailDispatcher } from '../../src/platform/mail/mail-dispatcher.js';
import { startApp, type TestApp, testConfig } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { createTestDatabase } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { decoded, linkIn, mailsTo, writtenMails } from '../support/mails.js';
import { PASSWORD, register } from '../support/people.js';
import { SmtpSink } from '../support/smtp-sink.js';

const MINUTE_MS = 60_000;
const RESET = 'Set a new password';

const dispatcher = ({ app }: TestApp): MailDispatcher => app.get(MailDispatcher, { strict: false });
const askReset = (shop: TestApp, email: string) =>
  shop.http.post('/api/users/password-reset').send({ email }).expect(202, '');
const queued = async (shop: TestApp) =>
  (await shop.db.query('SELECT kind, about, attempts FROM mail_messages ORDER BY id')).rows;

describe('mail over SMTP', () => {
  let sink: SmtpSink;
  let shop: TestApp;

  beforeAll(async () => {
    sink = await new SmtpSink().listen();
    const settings = { STORE_NAME: 'Ada’s Shop', MAIL_FROM: 'shop@example.com', PUBLIC_URL: 'https://shop.example' };
    shop = await startApp({ SMTP_URL: sink.url, ...settings });
  });
  afterEach(() => {
    delete sink.replies.MAIL;
    delete sink.replies.RCPT;
  });
  afterAll(async () => {
    await shop.close();
    await sink.close();
  });

  const received = (subject: string, email: string) =>
    sink.mails.filter(({ to, source }) => to === email && source.includes(`\r\nSubject: ${subject}\r\n`));
  /** A user with nothing on its way any more. */
  const settledUser = async () => {
    const person = await register(shop);
    await eventually(() => expect(received('Confirm your email address', person.email)).toHaveLength(1));
    await eventually(async () => expect(await queued(shop)).toEqual([]));
    return person;
  };

  it('goes to its reader as text and as HTML, and says that nobody wrote it', async () => {
    const { email } = await register(shop);
    const mail = await eventually(() => {
      expect(sink.mails).toHaveLength(1);
      return sink.mails[0] as (typeof sink.mails)[number];
    });
    expect(mail).toMatchObject({ from: 'shop@example.com', to: email });
    for (const header of [`To: ${email}`, 'Auto-Submitted: auto-generated', 'MIME-Version: 1.0']) {
      expect(`\r\n${mail.source}`).toContain(`\r\n${header}\r\n`);
    }
    expect(mail.source).toMatch(
      /Content-Type: multipart\/alternative;[\s\S]+Content-Type: text\/plain[\s\S]+text\/html/,
    );
    const text = decoded(mail.source);
    expect(text).toContain('an account at Ada’s Shop');
    const links = text.match(/https:\/\/shop\.example\/verify-email#token=[\w-]{43}/g);
    // Once in the text; in HTML at the button, and twice for those who have to copy it.
    expect(links).toHaveLength(4);
    expect(new Set(links).size).toBe(1);
    await eventually(async () => expect(await queued(shop)).toEqual([]));
  });

  it('waits while the server cannot be reached, and is sent when it is back', async () => {
    const { email } = await settledUser();
    const { port } = sink;
    await sink.close();
    await askReset(shop, email);
    await eventually(async () => expect(await queued(shop)).toMatchObject([{ attempts: 1 }]));
    await dispatcher(shop).sendDue();
    expect(await queued(shop)).toMatchObject([{ kind: 'password-reset', about: { email }, attempts: 1 }]);

    sink = await new SmtpSink().listen(port);
    shop.clock.advance(MINUTE_MS);
    await eventually(() => expect(received(RESET, email)).toHaveLength(1));
    await eventually(async () => expect(await queued(shop)).toEqual([]));
    const { token } = linkIn(received(RESET, email)[0]?.source);
    const body = { token, newPassword: 'Loud-walrus-25' };
    await shop.http.post('/api/users/password-reset/confirm').send(body).expect(204);
  });

  it('rests longer after each failure, up to a quarter of an hour, and is given up when its use is over', async () => {
    const { email } = await settledUser();
    sink.replies.MAIL = '451 Later';
    await askReset(shop, email);
    const rests: number[] = [];
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await eventually(async () => expect(await queued(shop)).toMatchObject([{ attempts: attempt }]));
      await dispatcher(shop).sendDue();
      const { rows } = await shop.db.query('SELECT due_at FROM mail_messages');
      const rest = rows[0].due_at.getTime() - shop.clock.now().getTime();
      rests.push(Math.round(rest / MINUTE_MS));
      shop.clock.advance(rest);
      void dispatcher(shop).sendDue();
    }
    expect(rests).toEqual([1, 2, 4, 8, 15, 15]);
    shop.clock.advance(60 * MINUTE_MS);
    await dispatcher(shop).sendDue();
    expect(await queued(shop)).toEqual([]);
    expect(received(RESET, email)).toEqual([]);
  });

  it('is not tried again where its reader has no mailbox', async () => {
    const { email } = await settledUser();
    sink.replies.RCPT = '550 No such user';
    await askReset(shop, email);
    await eventually(async () => expect(await queued(shop)).toEqual([]));
    expect(received(RESET, email)).toEqual([]);
  });

  it('is not owed where the transaction that caused it came to nothing', async () => {
    const { email } = await settledUser();
    const body = { email, password: PASSWORD, name: 'Ada' };
    await shop.http.post('/api/users/register').send(body).expect(409);
    expect(await queued(shop)).toEqual([]);
  });

  it('is sent by other processes where the one that owed it died after the commit, and once by all of them', async () => {
    const { email } = await settledUser();
    // From here on this process does what a dead one does: it sends nothing.
    await dispatcher(shop).onModuleDestroy();
    for (let count = 0; count < 12; count += 1) await askReset(shop, email);
    expect(await queued(shop)).toEqual(Array(12).fill({ kind: 'password-reset', about: { email }, attempts: 0 }));
    expect(received(RESET, email)).toEqual([]);
    const [second, third] = await Promise.all([1, 2].map(() => startApp({ SMTP_URL: sink.url }, shop)));
    await Promise.all([second, third].map((replica) => replica && dispatcher(replica).sendDue()));
    await eventually(async () => expect(await queued(shop)).toEqual([]));
    expect(received(RESET, email)).toHaveLength(12);
    await Promise.all([second?.close(), third?.close()]);
  });
});

describe('mail without a server to send it with', () => {
  it('is a file for its owner alone', async () => {
    const shop = await startApp();
    const { email } = await register(shop);
    const [mail = ''] = await mailsTo(shop, email, 'Confirm your email address');
    expect(mail).toContain('\r\nFrom: Tradepost <no-reply@localhost>\r\n');
    expect(linkIn(mail).href).toMatch(/^http:\/\/127\.0\.0\.1:0\/verify-email#token=/);
    const folder = join(shop.config.DATA_DIR, 'mail');
    const [name = ''] = await readdir(folder);
    expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-[0-9a-f]{8}\.eml$/);
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await shop.close();
  });
});

describe('the log', () => {
  const lines: string[] = [];
  const logger = pino(
    { level: 'trace' },
    new Writable({
      write(chunk, _, done) {
        lines.push(String(chunk));
        done();
      },
    }),
  );

  it('names neither a reader nor a token, however a mail goes', async () => {
    const sink = await new SmtpSink().listen();
    const database = await createTestDatabase();
    const clock = new TestClock();
    const names: string[] = [];
    const secrets: string[] = [];
    for (const SMTP_URL of ['', sink.url]) {
      const config = testConfig(database, { SMTP_URL, LOG_LEVEL: 'trace' });
      const app = await createHttpApp(AppModule.register({ config, databaseUrl: database.url, clock }), config, logger);
      await app.listen(0, '127.0.0.1');
      const http = supertest(app.getHttpServer());
      for (const reply of ['250 OK', '451 <%s> later', '550 <%s> is unknown']) {
        const email = `${newId()}@example.com`;
        names.push(email);
        sink.replies.RCPT = reply.replace('%s', email);
        await http.post('/api/users/register').send({ email, password: PASSWORD, name: 'Ada' }).expect(201);
        await http.post('/api/users/password-reset').send({ email }).expect(202);
        await eventually(() =>
          expect(lines.join('')).toContain(EXPECTED[SMTP_URL === '' ? 'file' : reply.slice(0, 3)]),
        );
        await http.post('/api/users/password-reset/confirm').send({ token: 'x'.repeat(43), newPassword: PASSWORD });
      }
      await app.get(MailDispatcher, { strict: false }).sendDue();
      const shop = { config, db: undefined } as unknown as TestApp;
      secrets.push(
        ...[...(await writtenMails(shop)), ...sink.mails.map(({ source }) => source)].map((m) => linkIn(m).token),
      );
      await app.close();
    }
    await sink.close();
    await database.drop();
    expect(secrets.filter((token) => token !== '').length).toBeGreaterThan(3);
    for (const secret of [...names, ...secrets, PASSWORD])
      if (secret !== '') expect(lines.join('')).not.toContain(secret);
  });
});

const EXPECTED: Readonly<Record<string, string>> = {
  file: 'a mail was written',
  250: '',
  451: 'A mail could not be sent yet.',
  550: 'A mail was refused for good.',
};
