import { Injectable } from '@nestjs/common';
import { type IdempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import { actorIdOf, type Principal, type StaffPrincipal } from '../../../platform/security/principal.js';
import { KeyedEffects } from '../checkout/keyed-effects.service.js';
import type { CancelSale, ChangeStatus } from '../dto/change-status.dto.js';
import type { AdminSaleResponse, SaleResponse } from '../dto/sale.response.js';
import { SalesService } from '../sales.service.js';
import { SaleCancellationService } from './sale-cancellation.service.js';
import { SaleStatusService } from './sale-status.service.js';

const NOTHING_PAID = '';

/** Changes of a sale as requests ask for them: the change, then the sale as it stands after it. */
@Injectable()
export class SaleChangesService {
  constructor(
    private readonly cancellations: SaleCancellationService,
    private readonly statuses: SaleStatusService,
    private readonly sales: SalesService,
    private readonly effects: KeyedEffects,
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
    const by = { actor, actorId: null, note: body.reason, owner };
    const begun = await this.effects.begin(
      request,
      async () => (await this.cancellations.cancel(saleId, by)) ?? NOTHING_PAID,
    );
    if (begun instanceof StoredAnswer) return begun;
    if (begun !== NOTHING_PAID) await this.cancellations.refund(begun);
    const sale = await this.sales.get(principal, saleId);
    await this.effects.finish(request, 200, sale);
    return sale;
  }

  async changeStatus(actor: StaffPrincipal, saleId: string, change: ChangeStatus): Promise<AdminSaleResponse> {
    await this.statuses.change(saleId, change, actorIdOf(actor));
    return this.sales.getForStaff(saleId);
  }
}
