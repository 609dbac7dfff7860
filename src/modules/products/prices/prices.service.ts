import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ProductJournal } from '../product-journal.service.js';
import { PRODUCT_UPDATED } from '../products.events.js';
import { PricesRepository } from './prices.repository.js';

/** Products that change in one transaction. */
const BATCH = 200;

/** Begins and ends sale prices when their time has come. */
@Injectable()
export class PricesService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly prices: PricesRepository,
    private readonly journal: ProductJournal,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the changes of price that are due, each once, whoever else is at it; joins a transaction that is under way.
   * @param productIds of these products alone; of any, up to a batch, where undefined
   * @returns how many products changed
   */
  applyDue(productIds?: readonly string[]): Promise<number> {
    if (productIds?.length === 0) return Promise.resolve(0);
    return this.uow.run(async () => {
      const most = productIds?.length ?? BATCH;
      const changes = await this.prices.applyDue(this.clock.now(), productIds, most);
      if (changes.length > 0)
        await this.journal.record(changes.map((change) => ({ type: PRODUCT_UPDATED, ...change })));
      return changes.length;
    });
  }
}
