import { Module } from '@nestjs/common';
import { DocumentsModule } from '../../platform/documents/documents.module.js';
import { MailModule } from '../../platform/mail/mail.module.js';
import { OutboxModule } from '../../platform/outbox/outbox.module.js';
import { UsersModule } from '../users/users.module.js';
import { InvoiceDocumentsRepository } from './invoice-documents.repository.js';
import { InvoiceDocumentsService } from './invoice-documents.service.js';
import { InvoiceLetters } from './invoice-letters.service.js';
import { InvoiceMails } from './invoice-mails.service.js';
import { InvoicePrivacy } from './invoice-privacy.api.js';
import { InvoicesApi } from './invoices.api.js';
import { InvoicesController } from './invoices.controller.js';
import { InvoicesRepository } from './invoices.repository.js';
import { InvoicesService } from './invoices.service.js';

/** The books: invoices of paid sales, and credit notes of refunds. */
@Module({
  imports: [DocumentsModule, MailModule, OutboxModule, UsersModule],
  controllers: [InvoicesController],
  providers: [
    InvoiceDocumentsRepository,
    InvoiceDocumentsService,
    InvoiceLetters,
    InvoiceMails,
    InvoicePrivacy,
    InvoicesApi,
    InvoicesRepository,
    InvoicesService,
  ],
  exports: [InvoicePrivacy, InvoicesApi],
})
export class InvoicesModule {}
