import { Module } from '@nestjs/common';
import { InvoicesApi } from './invoices.api.js';
import { InvoicesController } from './invoices.controller.js';
import { InvoicesRepository } from './invoices.repository.js';
import { InvoicesService } from './invoices.service.js';

/** The books: invoices of paid sales, and credit notes of refunds. */
@Module({
  controllers: [InvoicesController],
  providers: [InvoicesApi, InvoicesRepository, InvoicesService],
  exports: [InvoicesApi],
})
export class InvoicesModule {}
