import { Injectable } from '@nestjs/common';
import type { ChangeStatus } from '../dto/change-status.dto.js';
import { ReturnReceipts } from '../returns/return-receipts.service.js';
import type { SaleRow } from '../sale-mapper.js';
import { InvalidTransition } from '../sales.errors.js';
import { SaleShipping } from '../shipments/sale-shipping.service.js';
import { ACTS } from './sale-lifecycle.js';
import { SaleTransitions } from './sale-transitions.service.js';

/** What staff do to make a sale what they ask it to be, in the transaction under way, which has locked it. */
@Injectable()
export class SaleActs {
  constructor(
    private readonly transitions: SaleTransitions,
    private readonly shipping: SaleShipping,
    private readonly receipts: ReturnReceipts,
  ) {}

  /** @throws {InvalidTransition} where the sale cannot become that */
  async carryOut(sale: SaleRow, change: ChangeStatus, staffId: string): Promise<void> {
    const { status, carrier, trackingNumber, note } = change;
    const by = { actor: staffId, carrier, trackingNumber, note };
    switch (status) {
      case 'pending':
        throw new InvalidTransition(sale.status, 'pending');
      case 'confirmed':
        return this.transitions.confirmPaid(sale, by);
      case 'shipped':
        await this.shipping.ship(sale, undefined, by);
        return;
      default:
        await this.transitions.take(sale, ACTS[status], by);
        if (status === 'returned') await this.receipts.receiveAll(sale.id, staffId);
    }
  }
}
