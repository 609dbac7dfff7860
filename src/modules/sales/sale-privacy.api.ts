import { Injectable } from '@nestjs/common';
import { groupBy } from '../../common/group-by.js';
import type { PersonalData } from '../../common/personal-data.js';
import type { AdminSaleResponse } from './dto/sale.response.js';
import { toAdminSale } from './sale-mapper.js';
import { SaleNews } from './sale-news.service.js';
import { SalePrivacyRepository } from './sale-privacy.repository.js';
import { SalesRepository } from './sales.repository.js';

interface SaleExport extends AdminSaleResponse {
  readonly history: readonly { readonly status: string; readonly at: string; readonly note: string | null }[];
}

/** More than any customer has. */
const ALL = 2_147_483_647;

/** What sales hold about their buyer: an email address, where it was sent, and what was noted. */
@Injectable()
export class SalePrivacy implements PersonalData {
  readonly section = 'sales';

  constructor(
    private readonly sales: SalesRepository,
    private readonly privacy: SalePrivacyRepository,
    private readonly news: SaleNews,
  ) {}

  async exportOf(userId: string): Promise<SaleExport[]> {
    const rows = await this.sales.list({ userId }, ALL, 0, undefined);
    const items = groupBy(await this.sales.items(rows.map(({ id }) => id)), (item) => item.sale_id);
    const history = groupBy(await this.privacy.history(userId), (entry) => entry.saleId);
    return rows.map((row) => ({
      ...toAdminSale(row, items.get(row.id) ?? []),
      history: (history.get(row.id) ?? []).map(({ status, at, note }) => ({ status, at: at.toISOString(), note })),
    }));
  }

  async erase(userId: string): Promise<void> {
    await this.privacy.erase(userId);
    this.news.changing();
  }
}
