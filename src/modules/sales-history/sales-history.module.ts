import { Module } from '@nestjs/common';
import { AnalyticsModule } from '../analytics/analytics.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { CatalogueTransferModule } from '../products/catalogue-transfer.module.js';
import { ProductsModule } from '../products/products.module.js';
import { BatchWriter } from './batch-writer.service.js';
import { FileImportService } from './file-import.service.js';
import { ImportFilesRepository } from './import-files.repository.js';
import { PastCustomerPrivacy } from './past-customer-privacy.api.js';
import { PastCustomersRepository } from './past-customers.repository.js';
import { PastSalesRepository } from './past-sales.repository.js';
import { SalesHistoryController } from './sales-history.controller.js';
import { SalesHistoryService } from './sales-history.service.js';
import { StockedImport } from './stocked/stocked-import.service.js';
import { StockedWriter } from './stocked/stocked-writer.service.js';
import { WaitingLinesJob } from './stocked/waiting-lines.job.js';
import { WaitingLinesRepository } from './stocked/waiting-lines.repository.js';

/** Sales that another system has made, brought in. */
@Module({
  imports: [AnalyticsModule, AuditModule, CatalogueTransferModule, ProductsModule],
  controllers: [SalesHistoryController],
  providers: [
    BatchWriter,
    FileImportService,
    ImportFilesRepository,
    PastCustomerPrivacy,
    PastCustomersRepository,
    PastSalesRepository,
    SalesHistoryService,
    StockedImport,
    StockedWriter,
    WaitingLinesJob,
    WaitingLinesRepository,
  ],
  exports: [FileImportService, PastCustomerPrivacy],
})
export class SalesHistoryModule {}
