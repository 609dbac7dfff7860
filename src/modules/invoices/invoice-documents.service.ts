import { Injectable } from '@nestjs/common';
import { Printer } from '../../platform/documents/printer.js';
import { FinishedFile } from '../../platform/http/finished-files.js';
import type { AnyPrincipal } from '../../platform/security/principal.js';
import type { InvoiceDocument } from './invoice-document.js';
import { InvoiceDocumentsRepository } from './invoice-documents.repository.js';
import { readableBy } from './invoice-readers.service.js';
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
  async pdf(reader: AnyPrincipal, id: string): Promise<FinishedFile> {
    return this.print(await this.invoices.get(id, readableBy(reader)));
  }

  /** @throws {PrintingBusy} */
  async print(document: InvoiceDocument): Promise<FinishedFile> {
    const drawing = drawInvoice(document, await this.printer.lettering());
    return new FinishedFile(`${document.number}.pdf`, 'application/pdf', await this.printer.print(drawing));
  }

  /** @throws {InvoiceNotFound} */
  async xml(reader: AnyPrincipal, id: string): Promise<FinishedFile> {
    const document = await this.invoices.get(id, readableBy(reader));
    return new FinishedFile(`${document.number}.xml`, 'application/xml; charset=utf-8', Buffer.from(toUbl(document)));
  }
}
