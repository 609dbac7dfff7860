import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { InvalidInput } from '../../../common/domain-error.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { StockApi } from '../../products/stock.api.js';
import type { EditSale } from '../dto/draft.dto.js';
import { saleStep } from '../lifecycle/sale-lifecycle.js';
import type { SaleItemRow, SaleRow } from '../sale-mapper.js';
import { InvalidTransition, PaymentInProgress } from '../sales.errors.js';
import { DraftsRepository } from './drafts.repository.js';
import { Drafts } from './drafts.service.js';
import { SaleEditing } from './sale-editing.service.js';

/** What the price hangs on. */
const PRICED = ['items', 'deliveryAddress', 'couponCode', 'shippingMethod'] as const;

/** Edits unpaid sales, in the transaction under way, which has locked the sale. */
@Injectable()
export class SaleEdits {
  constructor(
    private readonly editing: SaleEditing,
    private readonly drafts: Drafts,
    private readonly repository: DraftsRepository,
    private readonly stock: StockApi,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws {InvalidTransition} where it is paid, cancelled or run out
   * @throws {PaymentInProgress} where a provider has not decided about a payment of it
   */
  async edit(sale: SaleRow, items: readonly SaleItemRow[], body: EditSale, staffId: string): Promise<void> {
    const end = this.drafts.end(body.expiresAt);
    const { expiresAt, note } = body;
    const priced = PRICED.some((field) => body[field] !== undefined);
    if (!priced && expiresAt === undefined && note === undefined) {
      throw InvalidInput.field('items', `give at least one of ${PRICED.join(', ')}, expiresAt and note`);
    }
    await this.refuseUneditable(sale);
    if (priced) {
      const changed = await this.editing.rewrite(sale, items, body, staffId);
      this.uow.afterCommit(() => this.stock.changed(changed));
    }
    await this.repository.noteEdit(sale.id, { actor: staffId, note }, this.clock.now(), end);
  }

  private async refuseUneditable(sale: SaleRow): Promise<void> {
    if (saleStep(sale.status, 'edit') === undefined) throw new InvalidTransition(sale.status, 'pending');
    const over = sale.expires_at !== null && sale.expires_at <= this.clock.now();
    if (over) throw new InvalidTransition('cancelled', 'pending');
    if (await this.repository.hasOpenPayment(sale.id)) throw new PaymentInProgress();
  }
}
