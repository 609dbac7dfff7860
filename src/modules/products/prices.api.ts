import { Injectable } from '@nestjs/common';
import { PricesService } from './prices/prices.service.js';

/** The door to prices that change by themselves, for those who charge them. */
@Injectable()
export class PricesApi {
  constructor(private readonly prices: PricesService) {}

  /**
   * Makes the changes of price that are due of these products: to be called where one is read whose
   * `next_price_change_at` has come, before it is charged; then it is to be read again. Joins a transaction that is
   * under way, and locks the products by id.
   * @returns how many of them changed
   */
  applyDue(productIds: readonly string[]): Promise<number> {
    return this.prices.applyDue(productIds);
  }
}
