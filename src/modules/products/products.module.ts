import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CatalogueCache } from './catalogue.cache.js';
import { CatalogueRepository } from './catalogue.repository.js';
import { CatalogueService } from './catalogue.service.js';
import { CategoriesController } from './categories.controller.js';
import { CategoriesRepository } from './categories.repository.js';
import { CategoriesService } from './categories.service.js';
import { ImportBatchService } from './import/batch.service.js';
import { CatalogueImportRepository } from './import/catalogue-import.repository.js';
import { CatalogueImportService } from './import/catalogue-import.service.js';
import { CategoryFinder } from './import/category-finder.service.js';
import { CategoryImportService } from './import/category-import.service.js';
import { ImportCategoriesRepository } from './import/import-categories.repository.js';
import { ProductJournal } from './product-journal.service.js';
import { ProductsApi } from './products.api.js';
import { ProductsController } from './products.controller.js';
import { ProductsRepository } from './products.repository.js';
import { ProductsService } from './products.service.js';
import { StockApi } from './stock.api.js';
import { StockRepository } from './stock.repository.js';
import { StockService } from './stock.service.js';
import { StockMovementsController } from './stock-movements.controller.js';
import { StockReturnsRepository } from './stock-returns.repository.js';

/** Products, their categories and their stock. */
@Module({
  imports: [AuditModule],
  controllers: [ProductsController, StockMovementsController, CategoriesController],
  providers: [
    CatalogueCache,
    CatalogueImportService,
    CatalogueImportRepository,
    CatalogueRepository,
    CatalogueService,
    CategoriesRepository,
    CategoriesService,
    CategoryFinder,
    CategoryImportService,
    ImportBatchService,
    ImportCategoriesRepository,
    ProductJournal,
    ProductsApi,
    ProductsRepository,
    ProductsService,
    StockApi,
    StockRepository,
    StockReturnsRepository,
    StockService,
  ],
  exports: [ProductsApi, StockApi, CatalogueImportService, CategoryImportService],
})
export class ProductsModule {}
