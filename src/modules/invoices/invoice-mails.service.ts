import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import { MailQueue } from '../../platform/mail/mail-queue.js';
import { MailWriters } from '../../platform/mail/mail-writers.js';
import { EventConsumers } from '../../platform/outbox/event-consumers.js';
import { InvoiceLetters } from './invoice-letters.service.js';
import { INVOICE_ISSUED } from './invoices.events.js';

const INVOICE_MAIL = 'invoice';
/** A mail that could not be sent for so long is of no use any more: the invoice is in the shop. */
const USEFUL_DAYS = 7;

/**
 * Owes buyers their invoices and credit notes by mail. Nothing of it is in a checkout: the event of the issue leads to
 * one mail, whatever is repeated, and the mail is drawn and printed when it is sent, one at a time.
 */
@Injectable()
export class InvoiceMails implements OnModuleInit {
  constructor(
    private readonly consumers: EventConsumers,
    private readonly writers: MailWriters,
    private readonly mails: MailQueue,
    private readonly letters: InvoiceLetters,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const { MAIL_INVOICES: wanted } = this.config;
    // Mails that are owed already have a writer also where no more are wanted.
    this.writers.register({
      kind: INVOICE_MAIL,
      write: async ({ invoiceId }) => (wanted && invoiceId !== undefined ? this.letters.write(invoiceId) : undefined),
    });
    if (!wanted) return;
    this.consumers.register({
      name: 'invoices.mail',
      types: [INVOICE_ISSUED],
      handle: ({ data }) => this.owe(String(data.invoiceId)),
    });
  }

  /** Erasure finds what is owed to a person by `userId`. */
  private async owe(invoiceId: string): Promise<void> {
    const { userId, email } = await this.letters.addressee(invoiceId);
    if (userId === null && email === null) return;
    const about: Record<string, string> = userId === null ? { invoiceId } : { invoiceId, userId };
    const expiresAt = new Date(this.clock.now().getTime() + USEFUL_DAYS * 86_400_000);
    await this.mails.add({ kind: INVOICE_MAIL, about, expiresAt, patient: true });
  }
}
