import { Injectable } from '@nestjs/common';
import type { PersonalData } from '../../common/personal-data.js';
import type { InvoiceResponse } from './dto/invoice.response.js';
import { toInvoice } from './invoice-mapper.js';
import { InvoicesRepository } from './invoices.repository.js';

/** More than any customer has. */
const ALL = 2_147_483_647;

/** Invoices name their buyer, and are given out. They are never erased: the law asks to keep the books as they are. */
@Injectable()
export class InvoicePrivacy implements PersonalData {
  readonly section = 'invoices';

  constructor(private readonly invoices: InvoicesRepository) {}

  async exportOf(userId: string): Promise<InvoiceResponse[]> {
    return (await this.invoices.list(userId, ALL, 0, null)).map(toInvoice);
  }

  async erase(): Promise<void> {}
}
