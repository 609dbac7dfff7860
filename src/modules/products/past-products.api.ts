import { Injectable } from '@nestjs/common';
import { type PastProduct, PastProductsService } from './import/past-products.service.js';

export type { PastProduct };

/** The door to products for those who bring sales of the past in. */
@Injectable()
export class PastProductsApi {
  constructor(private readonly products: PastProductsService) {}

  /** In the transaction that is under way: the ids of products by their SKU; those that are not there are made. */
  idsOf(wanted: readonly PastProduct[]): Promise<Map<string, string>> {
    return this.products.idsOf(wanted);
  }
}
