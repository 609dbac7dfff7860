import { Injectable } from '@nestjs/common';
import { cursorId, offsetOf, type Page, type PageRequest, toPage } from '../../common/paging.js';
import type { AnyPrincipal, UserPrincipal } from '../../platform/security/principal.js';
import type { InvoiceResponse } from './dto/invoice.response.js';
import { toInvoice } from './invoice-mapper.js';
import { readableBy } from './invoice-readers.service.js';
import { InvoicesRepository } from './invoices.repository.js';

/** Reads the books: a buyer's own, or all for those who may. */
@Injectable()
export class InvoicesService {
  constructor(private readonly invoices: InvoicesRepository) {}

  async get(reader: AnyPrincipal, id: string): Promise<InvoiceResponse> {
    return toInvoice(await this.invoices.get(id, readableBy(reader)));
  }

  list(user: UserPrincipal, query: PageRequest): Promise<Page<InvoiceResponse>> {
    return this.page(user.userId, query);
  }

  listAll(query: PageRequest): Promise<Page<InvoiceResponse>> {
    return this.page(null, query);
  }

  private async page(userId: string | null, query: PageRequest): Promise<Page<InvoiceResponse>> {
    const byCursor = query.cursor !== undefined;
    const offset = byCursor ? 0 : offsetOf(query);
    const rows = await this.invoices.list(userId, query.perPage + 1, offset, cursorId(query.cursor) ?? null);
    const total = byCursor ? undefined : await this.invoices.count(userId);
    return toPage(rows, query, total, (row) => [row.id], toInvoice);
  }
}
