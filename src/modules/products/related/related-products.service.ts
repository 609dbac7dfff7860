import { Injectable } from '@nestjs/common';
import type { FinishedJson } from '../../../platform/http/conditional.js';
import { CatalogueCache } from '../catalogue.cache.js';
import { CatalogueRepository } from '../catalogue.repository.js';
import { CatalogueService } from '../catalogue.service.js';
import type { ProductRow } from '../product-row.js';
import { RelatedProductsRepository } from './related-products.repository.js';

const TAIL = Buffer.from(']}');

/** Shows what goes well with a product. */
@Injectable()
export class RelatedProductsService {
  constructor(
    private readonly related: RelatedProductsRepository,
    private readonly products: CatalogueRepository,
    private readonly catalogue: CatalogueService,
    private readonly cache: CatalogueCache,
  ) {}

  /**
   * What was bought together with a product, closest first; where that is too little, more of its category.
   * @throws {ProductNotFound}
   */
  async of(idOrSlug: string, limit: number): Promise<FinishedJson> {
    const id = await this.catalogue.visibleId(idOrSlug);
    return this.cache.list(`related ${id} ${limit}`, {
      page: async () => ({ rows: await this.read(id, limit), tail: TAIL, position: undefined, byStock: true }),
      products: (ids) => this.products.findByIds(ids),
    });
  }

  private async read(id: string, limit: number): Promise<ProductRow[]> {
    const rows = await this.related.boughtTogether(id, limit);
    if (rows.length === limit) return rows;
    const known = rows.map((row) => row.id);
    return [...rows, ...(await this.related.ofSameCategory(id, known, limit - rows.length))];
  }
}
