import { Inject, Injectable } from '@nestjs/common';
import { formatMoney } from '../../common/money.js';
import { CONFIG, type Config } from '../../config/config.js';
import { type Letter, writeMail } from '../../platform/mail/letter.js';
import type { Mail } from '../../platform/mail/mailer.js';
import { UsersApi } from '../users/users.api.js';
import type { InvoiceDocument } from './invoice-document.js';
import { type Addressee, InvoiceDocumentsRepository } from './invoice-documents.repository.js';
import { InvoiceDocumentsService } from './invoice-documents.service.js';

/** Writes the mails that invoices and credit notes go out with. */
@Injectable()
export class InvoiceLetters {
  constructor(
    private readonly invoices: InvoiceDocumentsRepository,
    private readonly documents: InvoiceDocumentsService,
    private readonly users: UsersApi,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws {InvoiceNotFound} */
  addressee(invoiceId: string): Promise<Addressee> {
    return this.invoices.addressee(invoiceId);
  }

  /**
   * The mail with the document as PDF, to the address that an account has by now, or that a guest gave.
   * @returns undefined where nobody is to get it any more: the account is closed or erased
   * @throws {PrintingBusy}
   */
  async write(invoiceId: string): Promise<Mail | undefined> {
    const to = await this.addressOf(await this.invoices.addressee(invoiceId));
    if (to === undefined) return undefined;
    const document = await this.invoices.get(invoiceId);
    const { name: filename, mediaType: contentType, body: content } = await this.documents.print(document);
    const { STORE_NAME } = this.config;
    return {
      ...writeMail(to, STORE_NAME, letterOf(document, STORE_NAME)),
      attachments: [{ filename, contentType, content }],
    };
  }

  private async addressOf({ userId, email }: Addressee): Promise<string | undefined> {
    if (userId === null) return email ?? undefined;
    const account = await this.users.findLoginById(userId);
    return account?.active === true ? (await this.users.getById(userId)).email : undefined;
  }
}

function letterOf(
  { kind, number, sale_number: sale, total, currency, corrected_number: corrected }: InvoiceDocument,
  store: string,
): Letter {
  const amount = `${formatMoney(total, currency)} ${currency}`;
  if (kind === 'invoice') {
    return {
      subject: `Invoice ${number}`,
      paragraphs: [
        `Thank you for your order ${sale} at ${store}.`,
        `The invoice ${number} over ${amount} is attached.`,
      ],
    };
  }
  return {
    subject: `Credit note ${number}`,
    paragraphs: [
      `${amount} of your order ${sale} at ${store} are given back to you.`,
      `The credit note ${number}${corrected === null ? '' : `, which corrects the invoice ${corrected},`} is attached.`,
    ],
  };
}
