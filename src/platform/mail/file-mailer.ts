import { randomBytes } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import type { Clock } from '../../common/clock.js';
import { AUTOMATIC, type Mail, Mailer } from './mailer.js';
import type { Sender } from './sender.js';

/** Keeps mails as files that any mail program opens, where there is no server to send them with. */
export class FileMailer extends Mailer {
  private readonly logger = new Logger(FileMailer.name);
  private readonly transport = createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  constructor(
    private readonly folder: string,
    private readonly from: Sender,
    private readonly clock: Clock,
  ) {
    super();
  }

  async send({ to, attachments = [], ...content }: Mail): Promise<void> {
    const date = this.clock.now();
    const recipient = { name: '', address: to };
    const composed = await this.transport.sendMail({
      from: this.from,
      to: recipient,
      date,
      ...content,
      attachments: [...attachments],
      headers: AUTOMATIC,
    });
    const name = `${date.toISOString().replaceAll(/[:.]/g, '-')}-${randomBytes(4).toString('hex')}.eml`;
    const draft = join(this.folder, `.${name}`);
    // For the owner's eyes: the links in it open accounts.
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(draft, composed.message, { mode: 0o600 });
    await rename(draft, join(this.folder, name));
    this.logger.log({ file: name }, 'There is no SMTP_URL: a mail was written to the folder mail in DATA_DIR.');
  }
}
