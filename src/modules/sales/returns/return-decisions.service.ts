import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { actorIdOf, type StaffPrincipal } from '../../../platform/security/principal.js';
import { AuditApi } from '../../audit/audit.api.js';
import type { DecideReturn, ReturnResponse } from '../dto/return.dto.js';
import type { SaleRow } from '../sale-mapper.js';
import { InvalidReturnTransition, InvalidTransition } from '../sales.errors.js';
import { SalesRepository } from '../sales.repository.js';
import { returnMayBecome } from './return-lifecycle.js';
import { type ReturnRow, toReturn } from './return-mapper.js';
import { type Receipt, ReturnReceipts } from './return-receipts.service.js';
import { ReturnsRepository } from './returns.repository.js';

/** What staff make of returns, along their state machine and no other way. */
@Injectable()
export class ReturnDecisions {
  constructor(
    private readonly returns: ReturnsRepository,
    private readonly sales: SalesRepository,
    private readonly receipts: ReturnReceipts,
    private readonly audit: AuditApi,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidReturnTransition} where the return cannot become that */
  async decide(actor: StaffPrincipal, id: string, decision: DecideReturn): Promise<ReturnResponse> {
    const { sale_id: saleId } = await this.returns.get(id);
    const receipt = await this.uow.run(async () => {
      const sale = await this.sales.getLocked(saleId);
      const row = await this.returns.get(id);
      if (!returnMayBecome(row.status, decision.status)) {
        throw new InvalidReturnTransition(row.status, decision.status);
      }
      const done = await this.carryOut(sale, row, decision, actorIdOf(actor));
      await this.record(row, decision, sale, done);
      return done;
    });
    await this.receipts.payOut(receipt);
    return toReturn(await this.returns.get(id));
  }

  private async carryOut(
    sale: SaleRow,
    row: ReturnRow,
    { status, note }: DecideReturn,
    staffId: string,
  ): Promise<Receipt> {
    if (status === 'received') {
      if (sale.status !== 'delivered') throw new InvalidTransition(sale.status, 'returned');
      return this.receipts.receive(sale, row, note, staffId);
    }
    await this.returns.decide(row.id, { status, note }, this.clock.now());
    return { refundId: undefined, saleStatus: sale.status };
  }

  /** The note is for the buyer, and may be personal: the return has it. */
  private async record(row: ReturnRow, { status }: DecideReturn, sale: SaleRow, done: Receipt): Promise<void> {
    const before = { status: row.status, saleStatus: sale.status, refundId: null };
    const after = { status, saleStatus: done.saleStatus, refundId: done.refundId ?? null };
    const subject = { subjectType: 'return', subjectId: row.id };
    await this.audit.record({ action: 'return.status_changed', ...subject, before, after });
  }
}
