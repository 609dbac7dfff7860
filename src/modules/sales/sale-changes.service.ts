import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { type IdempotentRequest, StoredAnswer } from '../../platform/http/idempotency.js';
import { IdempotencyRepository } from '../../platform/http/idempotency.repository.js';
import { actorIdOf, type Principal, type StaffPrincipal } from '../../platform/security/principal.js';
import type { CancelSale, ChangeStatus } from './dto/change-status.dto.js';
import type { AdminSaleResponse, SaleResponse } from './dto/sale.response.js';
import { SaleCancellationService } from './sale-cancellation.service.js';
import { SaleStatusService } from './sale-status.service.js';
import { SalesService } from './sales.service.js';

/** Changes of a sale as requests ask for them: the change, then the sale as it stands after it. */
@Injectable()
export class SaleChangesService {
  constructor(
    private readonly cancellations: SaleCancellationService,
    private readonly statuses: SaleStatusService,
    private readonly sales: SalesService,
    private readonly records: IdempotencyRepository,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @returns the cancelled sale, or the first answer under the same key */
  async cancel(
    principal: Principal,
    saleId: string,
    body: CancelSale,
    request: IdempotentRequest | undefined,
  ): Promise<SaleResponse | StoredAnswer> {
    const owner = await this.sales.ownerOf(principal);
    const actor = principal.kind === 'user' ? 'customer' : 'guest';
    const done = await this.uow.run(async () => {
      const first = request === undefined ? undefined : await this.records.claim(request, this.clock.now());
      if (first !== undefined) return first;
      const refundId = await this.cancellations.cancel(saleId, { actor, actorId: null, note: body.reason, owner });
      if (request !== undefined) await this.records.record(request, StoredAnswer.unfinished(''));
      return { refundId };
    });
    if (done instanceof StoredAnswer) {
      const answer = request === undefined ? done : await this.records.finished(request, done);
      if (answer.finished) return answer;
    } else await this.cancellations.refund(done.refundId);
    const sale = await this.sales.get(principal, saleId);
    if (request !== undefined) await this.records.record(request, new StoredAnswer(200, JSON.stringify(sale)));
    return sale;
  }

  async changeStatus(actor: StaffPrincipal, saleId: string, change: ChangeStatus): Promise<AdminSaleResponse> {
    await this.statuses.change(saleId, change, actorIdOf(actor));
    return this.sales.getForStaff(saleId);
  }
}
