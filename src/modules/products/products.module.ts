import { Module } from '@nestjs/common';
import { MediaModule } from '../../platform/media/media.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AdminProductsController } from './admin-products.controller.js';
import { AdminProductsRepository } from './admin-products.repository.js';
import { AdminProductsService } from './admin-products.service.js';
import { BulkStockController } from './bulk-stock.controller.js';
import { BulkStockRepository } from './bulk-stock.repository.js';
import { BulkStockService } from './bulk-stock.service.js';
import { CatalogueCache } from './catalogue.cache.js';
import { CatalogueRepository } from './catalogue.repository.js';
import { CatalogueService } from './catalogue.service.js';
import { CatalogueUpkeep } from './catalogue-upkeep.job.js';
import { CatalogueUpkeepRepository } from './catalogue-upkeep.repository.js';
import { CategoriesController } from './categories.controller.js';
import { CategoriesRepository } from './categories.repository.js';
import { CategoriesService } from './categories.service.js';
import { Memberships } from './groups/memberships.service.js';
import { ProductGroupsController } from './groups/product-groups.controller.js';
import { ProductGroupsRepository } from './groups/product-groups.repository.js';
import { ProductGroupsService } from './groups/product-groups.service.js';
import { ImageIntake } from './images/image-intake.service.js';
import { ImageSweeps } from './images/image-sweeps.job.js';
import { ProductImagesController } from './images/product-images.controller.js';
import { ProductImagesService } from './images/product-images.service.js';
import { StoredImagesRepository } from './images/stored-images.repository.js';
import { ImportBatchService } from './import/batch.service.js';
import { BatchReferences } from './import/batch-references.service.js';
import { CatalogueImportRepository } from './import/catalogue-import.repository.js';
import { CatalogueImportService } from './import/catalogue-import.service.js';
import { CategoryFinder } from './import/category-finder.service.js';
import { CategoryImportService } from './import/category-import.service.js';
import { ImportCategoriesRepository } from './import/import-categories.repository.js';
import { ImportGroupsRepository } from './import/import-groups.repository.js';
import { PastProductsService } from './import/past-products.service.js';
import { ProductInserts } from './import/product-inserts.service.js';
import { PastProductsApi } from './past-products.api.js';
import { PastStockApi } from './past-stock.api.js';
import { PastStockRepository } from './past-stock.repository.js';
import { PriceChanges } from './prices/price-changes.job.js';
import { PricesRepository } from './prices/prices.repository.js';
import { PricesService } from './prices/prices.service.js';
import { PricesApi } from './prices.api.js';
import { ProductInputs } from './product-inputs.service.js';
import { ProductJournal } from './product-journal.service.js';
import { ProductsApi } from './products.api.js';
import { ProductsController } from './products.controller.js';
import { ProductsRepository } from './products.repository.js';
import { ProductsService } from './products.service.js';
import { RelatedProductsController } from './related/related-products.controller.js';
import { RelatedProductsJob } from './related/related-products.job.js';
import { RelatedProductsRepository } from './related/related-products.repository.js';
import { RelatedProductsService } from './related/related-products.service.js';
import { StockApi } from './stock.api.js';
import { StockRepository } from './stock.repository.js';
import { StockService } from './stock.service.js';
import { StockLevelsController } from './stock-levels.controller.js';
import { StockLevelsRepository } from './stock-levels.repository.js';
import { StockLevelsService } from './stock-levels.service.js';
import { StockMovementsController } from './stock-movements.controller.js';
import { StockReturnsRepository } from './stock-returns.repository.js';

/** Products, their categories and their stock. */
@Module({
  imports: [AuditModule, MediaModule],
  controllers: [
    ProductsController,
    ProductImagesController,
    AdminProductsController,
    BulkStockController,
    StockLevelsController,
    StockMovementsController,
    CategoriesController,
    RelatedProductsController,
    ProductGroupsController,
  ],
  providers: [
    AdminProductsRepository,
    AdminProductsService,
    BatchReferences,
    BulkStockRepository,
    BulkStockService,
    CatalogueCache,
    CatalogueImportService,
    CatalogueImportRepository,
    CatalogueRepository,
    CatalogueService,
    CatalogueUpkeep,
    CatalogueUpkeepRepository,
    CategoriesRepository,
    CategoriesService,
    ImageIntake,
    ImageSweeps,
    ImportBatchService,
    Memberships,
    PastProductsApi,
    PastProductsService,
    PastStockApi,
    PastStockRepository,
    PriceChanges,
    PricesApi,
    PricesRepository,
    PricesService,
    ProductGroupsRepository,
    ProductGroupsService,
    ProductImagesService,
    ProductInputs,
    ProductInserts,
    CategoryFinder,
    CategoryImportService,
    ImportCategoriesRepository,
    ImportGroupsRepository,
    ProductJournal,
    ProductsApi,
    ProductsRepository,
    ProductsService,
    RelatedProductsJob,
    RelatedProductsRepository,
    RelatedProductsService,
    StockApi,
    StockLevelsRepository,
    StockLevelsService,
    StockRepository,
    StockReturnsRepository,
    StockService,
    StoredImagesRepository,
  ],
  exports: [
    PastProductsApi,
    PastStockApi,
    PricesApi,
    ProductsApi,
    StockApi,
    CatalogueImportService,
    CategoryImportService,
  ],
})
export class ProductsModule {}
