import { Module } from '@nestjs/common';
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
import { CategoriesController } from './categories.controller.js';
import { CategoriesRepository } from './categories.repository.js';
import { CategoriesService } from './categories.service.js';
import { ImportBatchService } from './import/batch.service.js';
import { CatalogueImportRepository } from './import/catalogue-import.repository.js';
import { CatalogueImportService } from './import/catalogue-import.service.js';
import { ProductJournal } from './product-journal.service.js';
import { ProductsApi } from './products.api.js';
import { ProductsController } from './products.controller.js';
import { ProductsRepository } from './products.repository.js';
import { ProductsService } from './products.service.js';
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
  imports: [AuditModule],
  controllers: [
    ProductsController,
    AdminProductsController,
    BulkStockController,
    StockLevelsController,
    StockMovementsController,
    CategoriesController,
  ],
  providers: [
    AdminProductsRepository,
    AdminProductsService,
    BulkStockRepository,
    BulkStockService,
    CatalogueCache,
    CatalogueImportService,
    CatalogueImportRepository,
    CatalogueRepository,
    CatalogueService,
    CategoriesRepository,
    CategoriesService,
    ImportBatchService,
    ProductJournal,
    ProductsApi,
    ProductsRepository,
    ProductsService,
    StockApi,
    StockLevelsRepository,
    StockLevelsService,
    StockRepository,
    StockReturnsRepository,
    StockService,
  ],
  exports: [ProductsApi, StockApi, CatalogueImportService],
})
export class ProductsModule {}
