import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { actorIdOf, type StaffPrincipal } from '../../../platform/security/principal.js';
import { AuditApi } from '../../audit/audit.api.js';
import type { DraftSale, EditSale } from '../dto/draft.dto.js';
import type { AdminSaleResponse } from '../dto/sale.response.js';
import { type SaleRow, toAdminSale } from '../sale-mapper.js';
import { SaleNews } from '../sale-news.service.js';
import { SalesRepository } from '../sales.repository.js';
import { Drafts } from './drafts.service.js';
import { SaleEdits } from './sale-edits.service.js';

/** Sales that staff draft and edit for customers, as they ask for it. */
@Injectable()
export class Drafting {
  constructor(
    private readonly drafts: Drafts,
    private readonly edits: SaleEdits,
    private readonly sales: SalesRepository,
    private readonly news: SaleNews,
    private readonly uow: UnitOfWork,
    private readonly audit: AuditApi,
  ) {}

  /** @throws {InsufficientStock} naming each line that is short */
  create(staff: StaffPrincipal, body: DraftSale): Promise<AdminSaleResponse> {
    return this.uow.run(async () => {
      const sale = await this.drafts.place(body, actorIdOf(staff));
      const { total, currency, expiresAt } = sale;
      const after = { status: 'pending', total, currency, expiresAt };
      await this.audit.record({ action: 'sale.drafted', subjectType: 'sale', subjectId: sale.id, after });
      return this.answer(await this.sales.get(sale.id));
    });
  }

  /**
   * Edits a sale that is neither paid nor about to be.
   * @throws {InvalidTransition} where it is paid, cancelled or run out
   * @throws {PaymentInProgress} where a provider has not decided about a payment of it
   */
  edit(staff: StaffPrincipal, saleId: string, body: EditSale): Promise<AdminSaleResponse> {
    return this.uow.run(async () => {
      const sale = await this.sales.getLocked(saleId);
      await this.edits.edit(sale, await this.sales.items([saleId]), body, actorIdOf(staff));
      const after = await this.sales.get(saleId);
      this.news.changing();
      const subject = { subjectType: 'sale', subjectId: saleId };
      await this.audit.record({ action: 'sale.edited', ...subject, before: factsOf(sale), after: factsOf(after) });
      return this.answer(after);
    });
  }

  private async answer(sale: SaleRow): Promise<AdminSaleResponse> {
    return toAdminSale(sale, await this.sales.items([sale.id]));
  }
}

/** Neither the address nor the note: both are the customer's, and the sale has them. */
function factsOf({ total, coupon_code: couponCode, expires_at: expiresAt }: SaleRow) {
  return { total: String(total), couponCode, expiresAt: expiresAt?.toISOString() ?? null };
}
