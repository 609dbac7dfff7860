import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AuditApi } from '../../audit/audit.api.js';
import type { ChangeStatus } from '../dto/change-status.dto.js';
import type { SaleRow } from '../sale-mapper.js';
import { SalesRepository } from '../sales.repository.js';
import { SaleActs } from './sale-acts.service.js';
import { SaleCancellationService } from './sale-cancellation.service.js';

/** Moves sales on by hand, along the state machine and no other way. */
@Injectable()
export class SaleStatusService {
  constructor(
    private readonly sales: SalesRepository,
    private readonly acts: SaleActs,
    private readonly cancellations: SaleCancellationService,
    private readonly uow: UnitOfWork,
    private readonly audit: AuditApi,
  ) {}

  /** @throws {InvalidTransition} where the sale cannot become that */
  async change(saleId: string, change: ChangeStatus, staffId: string): Promise<void> {
    const by = { actor: staffId, actorId: staffId, note: change.note };
    if (change.status === 'cancelled') {
      const refundId = await this.recorded(saleId, () => this.cancellations.cancel(saleId, by));
      return this.cancellations.refund(refundId);
    }
    await this.recorded(saleId, (sale) => this.acts.carryOut(sale, change, staffId));
  }

  /** The note is for the customer, and may be personal: the history has it. */
  private recorded<T>(saleId: string, work: (sale: SaleRow) => Promise<T>): Promise<T> {
    return this.uow.run(async () => {
      const sale = await this.sales.getLocked(saleId);
      const result = await work(sale);
      const subject = { subjectType: 'sale', subjectId: saleId };
      const facts = { before: factsOf(sale), after: factsOf(await this.sales.getLocked(saleId)) };
      await this.audit.record({ action: 'sale.status_changed', ...subject, ...facts });
      return result;
    });
  }
}

const factsOf = ({ status, carrier, tracking_number: trackingNumber }: SaleRow) => ({
  status,
  carrier,
  trackingNumber,
});
