import { Injectable } from '@nestjs/common';
import { CatalogueRepository, type SellableProduct } from './catalogue.repository.js';

export type { SellableProduct };

/** The door to products, for those who put them into carts and sales. What moves stock uses `StockApi`. */
@Injectable()
export class ProductsApi {
  constructor(private readonly catalogue: CatalogueRepository) {}

  /**
   * The products among `ids` that the public sees, by id; archived, inactive and unknown ones are left out. Reads in
   * the transaction that is under way, without locks.
   */
  async getSellable(ids: readonly string[]): Promise<ReadonlyMap<string, SellableProduct>> {
    if (ids.length === 0) return new Map();
    return new Map((await this.catalogue.sellable(ids)).map((product) => [product.id, product]));
  }
}
