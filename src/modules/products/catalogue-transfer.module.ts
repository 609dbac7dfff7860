import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CatalogueExportRepository } from './export/catalogue-export.repository.js';
import { CatalogueExportService } from './export/catalogue-export.service.js';
import { CatalogueImporter } from './import/catalogue-importer.service.js';
import { ImportJobsRepository } from './import/import-jobs.repository.js';
import { ImportJobs } from './import/import-jobs.service.js';
import { ImportKinds } from './import/import-kinds.service.js';
import { ImportPrivacy } from './import/import-privacy.api.js';
import { ImportQueue } from './import/import-queue.service.js';
import { ImportRunner } from './import/import-runner.service.js';
import { ImportUploadsService } from './import/import-uploads.service.js';
import { ImportsController } from './import/imports.controller.js';
import { ImportsService } from './import/imports.service.js';
import { ImportsApi } from './imports.api.js';
import { ProductFilesController } from './product-files.controller.js';
import { ProductsModule } from './products.module.js';

/** The catalogue as a file: taken in by jobs, and given out. */
@Module({
  imports: [AuditModule, ProductsModule],
  controllers: [ProductFilesController, ImportsController],
  providers: [
    CatalogueImporter,
    ImportKinds,
    ImportsApi,
    CatalogueExportRepository,
    CatalogueExportService,
    ImportJobs,
    ImportJobsRepository,
    ImportPrivacy,
    ImportQueue,
    ImportRunner,
    ImportsService,
    ImportUploadsService,
  ],
  exports: [ImportPrivacy, ImportsApi],
})
export class CatalogueTransferModule {}
