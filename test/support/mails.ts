import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MailDispatcher } from '../../src/platform/mail/mail-dispatcher.js';
import type { TestApp } from './app.js';
import { eventually } from './eventually.js';

/** The mails that a shop has written to files, oldest first; each as its source. */
export async function writtenMails(shop: TestApp): Promise<string[]> {
  const folder = join(shop.config.DATA_DIR, 'mail');
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.eml')).sort();
  return Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
}

/** Waits until nothing is on its way any more: no event to a consumer, and no mail to its file. */
export async function mailsSettled(shop: TestApp): Promise<void> {
  const dispatcher = shop.app.get(MailDispatcher, { strict: false });
  await eventually(async () => {
    await dispatcher.sendDue();
    const { rows } = await shop.db.query(
      `SELECT (SELECT count(*) FROM outbox_events WHERE published_at IS NULL)
         + (SELECT count(*) FROM mail_messages WHERE due_at <= $1) AS waiting`,
      [shop.clock.now()],
    );
    expect(rows[0].waiting).toBe('0');
  });
  await dispatcher.sendDue();
}

/** The mails to an address with a subject, oldest first, once nothing is on its way any more. */
export async function mailsTo(shop: TestApp, email: string, subject: string): Promise<string[]> {
  await mailsSettled(shop);
  const mails = await writtenMails(shop);
  return mails.filter((mail) => mail.includes(`\r\nTo: ${email}\r\n`) && mail.includes(`\r\nSubject: ${subject}\r\n`));
}

/** Undoes the quoted-printable encoding of a mail's parts (RFC 2045, section 6.7). */
export function decoded(mail: string): string {
  const bytes = mail
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The link in a mail, and its token. */
export function linkIn(mail: string | undefined): { readonly href: string; readonly token: string } {
  const [href = '', token = ''] = /https?:\/\/\S+?#token=([\w-]{43})/.exec(decoded(mail ?? '')) ?? [];
  return { href, token };
}

/** The token of the last such mail. */
export async function tokenTo(shop: TestApp, email: string, subject: string): Promise<string> {
  const { token } = linkIn((await mailsTo(shop, email, subject)).at(-1));
  expect(token).toHaveLength(43);
  return token;
}
