import { Injectable } from '@nestjs/common';
import { Printer } from '../../platform/documents/printer.js';
import { FinishedFile } from '../../platform/http/finished-files.js';
import { Forbidden, type StaffPrincipal } from '../../platform/security/principal.js';
import type { InvoiceDocument } from './invoice-document.js';
import { InvoiceDocumentsRepository } from './invoice-documents.repository.js';
import { drawInvoice } from './paper/invoice-paper.js';
import { toUbl } from './ubl/ubl.js';

/** Gives invoices out on paper and as electronic invoices. An issued one never changes, and neither do these. */
@Injectable()
export class InvoiceDocumentsService {
  constructor(
    private readonly invoices: InvoiceDocumentsRepository,
    private readonly printer: Printer,
  ) {}

  /** @throws {InvoiceNotFound | PrintingBusy} */
  async pdf(reader: StaffPrincipal, id: string): Promise<FinishedFile> {
    return this.print(await this.get(reader, id));
  }

  /** @throws {PrintingBusy} */
  async print(document: InvoiceDocument): Promise<FinishedFile> {
    const drawing = drawInvoice(document, await this.printer.lettering());
    return new FinishedFile(`${document.number}.pdf`, 'application/pdf', await this.printer.print(drawing));
  }

  /** @throws {InvoiceNotFound} */
  async xml(reader: StaffPrincipal, id: string): Promise<FinishedFile> {
    const document = await this.get(reader, id);
    return new FinishedFile(`${document.number}.xml`, 'application/xml; charset=utf-8', Buffer.from(toUbl(document)));
  }

  private async get(reader: StaffPrincipal, id: string): Promise<InvoiceDocument> {
    if (reader.permissions.has('invoices:read')) return this.invoices.get(id, null);
    if (reader.kind === 'machine') throw new Forbidden();
    return this.invoices.get(id, reader.userId);
  }
}
