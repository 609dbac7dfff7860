import { createTransport } from 'nodemailer';
import { AUTOMATIC, type Mail, Mailer, MailRefused } from './mailer.js';
import type { Sender } from './sender.js';

/** Shorter than the rest after which a mail that nothing was heard of is tried again. */
const TIMEOUTS = { dnsTimeout: 5_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 15_000 };

interface SmtpFailure {
  readonly command?: unknown;
  readonly responseCode?: unknown;
}

/** Sends mails over SMTP; with STARTTLS where the server offers it, or from the start with `smtps:`. */
export class SmtpMailer extends Mailer {
  private readonly transport;

  constructor(
    url: string,
    private readonly from: Sender,
  ) {
    super();
    // A letter is a text of ours; nothing in it may make the composer read files or fetch addresses.
    this.transport = createTransport({ url, ...TIMEOUTS, disableFileAccess: true, disableUrlAccess: true });
  }

  async send({ to, attachments = [], ...content }: Mail): Promise<void> {
    try {
      const recipient = { name: '', address: to };
      await this.transport.sendMail({
        from: this.from,
        to: recipient,
        ...content,
        attachments: [...attachments],
        headers: AUTOMATIC,
      });
    } catch (error) {
      const { command, responseCode } = error as SmtpFailure;
      // Of what a server can refuse for good (RFC 5321, section 4.2.1: 5yz), only the recipient is this mail's alone.
      if (command === 'RCPT TO' && typeof responseCode === 'number' && responseCode >= 500) {
        throw new MailRefused(responseCode);
      }
      throw error;
    }
  }
}
