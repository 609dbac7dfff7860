import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { groupBy } from '../../../common/group-by.js';
import { StockApi } from '../../products/stock.api.js';
import { SaleTransitions } from '../lifecycle/sale-transitions.service.js';
import type { UnitsOfProduct } from '../refunds/line-units.js';
import { SaleRefundsService } from '../refunds/sale-refunds.service.js';
import type { SaleRow } from '../sale-mapper.js';
import type { ReturnRow } from './return-mapper.js';
import { ReturnsRepository } from './returns.repository.js';

/** What a receipt has caused besides the stock. */
export interface Receipt {
  /** The refund to {@link ReturnReceipts.payOut} after the commit; undefined where all was given back before. */
  readonly refundId: string | undefined;
  readonly saleStatus: SaleRow['status'];
}

/** What happens when goods come back, in the transaction under way, which has locked their sale. */
@Injectable()
export class ReturnReceipts {
  constructor(
    private readonly returns: ReturnsRepository,
    private readonly stock: StockApi,
    private readonly refunds: SaleRefundsService,
    private readonly transitions: SaleTransitions,
    private readonly clock: Clock,
  ) {}

  /**
   * Receives a return: its pieces are for sale again, what was charged for them goes back, and a sale of which nothing
   * is left with the buyer is returned.
   */
  async receive(sale: SaleRow, { id, items }: ReturnRow, note: string | undefined, staffId: string): Promise<Receipt> {
    await this.stock.putBack(byProduct(items), { saleId: sale.id, reason: 'return', actorId: staffId });
    const ask = { kind: 'items', items, asFarAsLeft: true } as const;
    const refundId = await this.refunds.open(sale.id, ask, 'Goods were returned.');
    await this.returns.decide(id, { status: 'received', note, refundId }, this.clock.now());
    const lines = await this.returns.lines(sale.id);
    if (lines.some(({ quantity, receivedUnits }) => receivedUnits < quantity)) {
      return { refundId, saleStatus: sale.status };
    }
    await this.transitions.take(sale, 'last_back', { actor: staffId });
    return { refundId, saleStatus: 'returned' };
  }

  /** Receives all that the buyer still has; what is given back for it is decided by a refund, an act of its own. */
  async receiveAll(saleId: string, staffId: string): Promise<void> {
    const lines = await this.returns.lines(saleId);
    const rest = lines.map((line) => ({ ...line, quantity: line.quantity - line.receivedUnits }));
    const units = byProduct(rest.filter(({ quantity }) => quantity > 0));
    await this.returns.receiveAll(saleId, this.clock.now());
    await this.stock.putBack(units, { saleId, reason: 'return', actorId: staffId });
  }

  /** Has the money of a receipt paid out; outside any transaction. */
  async payOut({ refundId }: Receipt): Promise<void> {
    if (refundId !== undefined) await this.refunds.carryOut(refundId);
  }
}

/** One entry a product, as the ledger wants it. */
function byProduct(items: readonly UnitsOfProduct[]): UnitsOfProduct[] {
  const groups = groupBy(items, ({ productId }) => productId);
  return [...groups].map(([productId, same]) => ({
    productId,
    quantity: same.reduce((sum, { quantity }) => sum + quantity, 0),
  }));
}
