import { Injectable } from '@nestjs/common';
import { cursorId, offsetOf, type Page, toPage } from '../../common/paging.js';
import { type AdminProductRow, AdminProductsRepository } from './admin-products.repository.js';
import type { AdminProductResponse, AdminProductsQuery } from './dto/admin-product.dto.js';
import { toProduct } from './product-row.js';
import { ProductNotFound } from './products.errors.js';

/** Shows staff all products, also those that the public does not see. */
@Injectable()
export class AdminProductsService {
  constructor(private readonly products: AdminProductsRepository) {}

  /** @throws {InvalidInput} */
  async list(query: AdminProductsQuery): Promise<Page<AdminProductResponse>> {
    const before = cursorId(query.cursor);
    const offset = query.cursor === undefined ? offsetOf(query) : 0;
    const rows = await this.products.list(query, query.perPage + 1, offset, before);
    const total = query.cursor === undefined ? await this.products.count(query) : undefined;
    return toPage(rows, query, total, (row) => [row.id], toAdminProduct);
  }

  /** @throws {ProductNotFound} */
  async get(id: string): Promise<AdminProductResponse> {
    const row = await this.products.findById(id);
    if (row === undefined) throw new ProductNotFound();
    return toAdminProduct(row);
  }
}

function toAdminProduct(row: AdminProductRow): AdminProductResponse {
  const archivedAt = row.archived_at?.toISOString() ?? null;
  const { low_stock_threshold: lowStockThreshold, weight, tax_category: taxCategory } = row;
  return { ...toProduct(row), lowStockThreshold, weight, taxCategory, archivedAt };
}
