import { Module } from '@nestjs/common';
import { DocumentsModule } from '../../platform/documents/documents.module.js';
import { InvoiceDocumentsRepository } from './invoice-documents.repository.js';
import { InvoiceDocumentsService } from './invoice-documents.service.js';
import { InvoicePrivacy } from './invoice-privacy.api.js';
import { InvoicesApi } from './invoices.api.js';
import { InvoicesController } from './invoices.controller.js';
import { InvoicesRepository } from './invoices.repository.js';
import { InvoicesService } from './invoices.service.js';

/** The books: invoices of paid sales, and credit notes of refunds. */
@Module({
  imports: [DocumentsModule],
  controllers: [InvoicesController],
  providers: [
    InvoiceDocumentsRepository,
    InvoiceDocumentsService,
    InvoicePrivacy,
    InvoicesApi,
    InvoicesRepository,
    InvoicesService,
  ],
  exports: [InvoicePrivacy, InvoicesApi],
})
export class InvoicesModule {}
