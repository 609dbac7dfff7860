import { Injectable } from '@nestjs/common';
import { groupBy } from '../../../common/group-by.js';
import { PastStockApi } from '../../products/past-stock.api.js';
import { BatchWriter, type Known, type Written } from '../batch-writer.service.js';
import { PastSalesRepository } from '../past-sales.repository.js';
import type { SaleLine } from '../reading/sale-line.js';
import { type Demand, shareOut } from './stock-demand.js';

const NONE: ReadonlyMap<string, number> = new Map();

/** What became of the lines of a batch, and what it took. */
export interface StockedWritten extends Written {
  readonly demands: readonly Demand[];
}

/** Writes sales that take stock, in the transaction that is under way. */
@Injectable()
export class StockedWriter {
  constructor(
    private readonly sales: PastSalesRepository,
    private readonly batches: BatchWriter,
    private readonly stock: PastStockApi,
  ) {}

  /**
   * Sales that are in already are compared with as ever, and take nothing; cancellations take nothing either.
   * @param lines all of each sale
   * @param spent units by product id that a dry run has given out in batches before
   */
  async write(lines: readonly SaleLine[], importId: string, known: Known, spent = NONE): Promise<StockedWritten> {
    const groups = groupBy(lines, ({ number }) => number);
    const held = new Set((await this.sales.held([...groups.keys()])).map(({ number }) => number));
    const takers = [...groups].flatMap(([number, of]) => (held.has(number) || of[0]?.cancelled ? [] : [of]));
    const skus = new Set(takers.flatMap((of) => of.map(({ sku }) => sku)));
    const levels = skus.size === 0 ? [] : await this.stock.hold([...skus]);
    const { demands, refused } = shareOut(takers, levels, spent);
    const out = new Set(refused.map(({ line }) => line));
    const written = await this.batches.write(
      lines.filter(({ line }) => !out.has(line)),
      importId,
      known,
    );
    const { saleIds } = written;
    // A sale that another import has begun since it was looked for is not ours, and the unique number ends the batch.
    await this.stock.take(
      demands.flatMap(({ number, productId, units }) => {
        const saleId = saleIds.get(number);
        return saleId === undefined ? [] : [{ saleId, productId, units }];
      }),
    );
    return { ...written, refused: [...refused, ...written.refused], demands };
  }
}
