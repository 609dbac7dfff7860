import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { newId } from '../../../common/ids.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { currentOrigin } from '../../../platform/security/request-context.js';
import { ProductJournal } from '../product-journal.service.js';
import { CatalogueImportRepository } from './catalogue-import.repository.js';
import { ProductInserts } from './product-inserts.service.js';

/** What a sale of another system says of a product. */
export interface PastProduct {
  readonly sku: string;
  readonly name: string;
  /** Minor units of the shop's currency. */
  readonly price: bigint;
}

/** Finds the products that past sales were of, and makes those that are not there. */
@Injectable()
export class PastProductsService {
  constructor(
    private readonly products: CatalogueImportRepository,
    private readonly inserts: ProductInserts,
    private readonly journal: ProductJournal,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * In the transaction that is under way: the ids of products by their SKU, archived ones too. New ones are inactive and
   * have no stock: that something was sold once does not put it on sale.
   */
  async idsOf(wanted: readonly PastProduct[]): Promise<Map<string, string>> {
    const ids = await this.products.idsOf(wanted.map(({ sku }) => sku));
    const missing = wanted.filter(({ sku }) => !ids.has(sku));
    if (missing.length === 0) return ids;
    const rows = missing.map((product) => ({
      id: newId(),
      row: { line: 0, ...product, active: false, stock: 0 },
      categoryId: undefined,
    }));
    const { STORE_CURRENCY: currency } = this.config;
    const stamp = { currency, actorId: currentOrigin().actorId, now: this.clock.now() };
    const made = await this.inserts.insert(rows, stamp, [], true);
    this.journal.inserted(made.map((id) => ({ id, version: 1 })));
    for (const [sku, id] of await this.products.idsOf(missing.map(({ sku }) => sku))) ids.set(sku, id);
    return ids;
  }
}
