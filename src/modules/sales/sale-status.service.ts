import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AuditApi } from '../audit/audit.api.js';
import type { ChangeStatus } from './dto/change-status.dto.js';
import { ReturnReceipts } from './return-receipts.service.js';
import { SaleCancellationService } from './sale-cancellation.service.js';
import type { SaleRow } from './sale-mapper.js';
import { SaleTransitions } from './sale-transitions.service.js';
import { SalesRepository } from './sales.repository.js';

/** Moves sales on by hand, along the state machine and no other way. */
@Injectable()
export class SaleStatusService {
  constructor(
    private readonly sales: SalesRepository,
    private readonly transitions: SaleTransitions,
    private readonly cancellations: SaleCancellationService,
    private readonly receipts: ReturnReceipts,
    private readonly uow: UnitOfWork,
    private readonly audit: AuditApi,
  ) {}

  /** @throws {InvalidTransition} where the sale cannot become that */
  async change(saleId: string, change: ChangeStatus, staffId: string): Promise<void> {
    const by = { actor: staffId, actorId: staffId, note: change.note };
    if (change.status === 'cancelled') {
      const refundId = await this.recorded(saleId, change, () => this.cancellations.cancel(saleId, by));
      return this.cancellations.refund(refundId);
    }
    await this.recorded(saleId, change, async (sale) => {
      if (change.status === 'confirmed') return this.transitions.confirmPaid(sale, staffId);
      await this.transitions.move(sale, change.status, { ...change, actor: staffId });
      if (change.status === 'returned') await this.receipts.receiveAll(saleId, staffId);
    });
  }

  /** The note is for the customer, and may be personal: the history has it. */
  private recorded<T>(saleId: string, change: ChangeStatus, work: (sale: SaleRow) => Promise<T>): Promise<T> {
    return this.uow.run(async () => {
      const sale = await this.sales.getLocked(saleId);
      const result = await work(sale);
      const { status, carrier = sale.carrier, trackingNumber = sale.tracking_number } = change;
      const before = { status: sale.status, carrier: sale.carrier, trackingNumber: sale.tracking_number };
      const after = { status, carrier, trackingNumber };
      const subject = { subjectType: 'sale', subjectId: saleId };
      await this.audit.record({ action: 'sale.status_changed', ...subject, before, after });
      return result;
    });
  }
}
