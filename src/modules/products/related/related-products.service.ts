import { Injectable } from '@nestjs/common';
import type { FinishedJson } from '../../../platform/http/conditional.js';
import { CatalogueCache } from '../catalogue.cache.js';
import { CatalogueService } from '../catalogue.service.js';
import { digest, toProduct } from '../product-row.js';
import { RelatedProductsRepository } from './related-products.repository.js';

/** Shows what goes well with a product. */
@Injectable()
export class RelatedProductsService {
  constructor(
    private readonly related: RelatedProductsRepository,
    private readonly catalogue: CatalogueService,
    private readonly cache: CatalogueCache,
  ) {}

  /**
   * What was bought together with a product, closest first; where that is too little, more of its category.
   * @throws {ProductNotFound}
   */
  async of(idOrSlug: string, limit: number): Promise<FinishedJson> {
    const id = await this.catalogue.visibleId(idOrSlug);
    return this.cache.related(`${id}:${limit}`, async () => {
      const rows = await this.related.boughtTogether(id, limit);
      if (rows.length < limit) {
        const known = rows.map((row) => row.id);
        rows.push(...(await this.related.ofSameCategory(id, known, limit - rows.length)));
      }
      const json = JSON.stringify({ items: rows.map(toProduct) });
      return { json, etag: `"${digest(json)}"` };
    });
  }
}
