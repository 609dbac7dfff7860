import { Inject, Injectable } from '@nestjs/common';
import { InvalidInput } from '../../common/domain-error.js';
import { groupBy } from '../../common/group-by.js';
import { formatMoney } from '../../common/money.js';
import { cursorId, offsetOf, type Page, toPage } from '../../common/paging.js';
import { hashToken } from '../../common/tokens.js';
import { CONFIG, type Config } from '../../config/config.js';
import { type Principal, TokenMissing, type UserPrincipal } from '../../platform/security/principal.js';
import type {
  AdminSaleResponse,
  SaleHistoryResponse,
  SaleResponse,
  SaleStatsResponse,
  TrackingResponse,
} from './dto/sale.response.js';
import type { AdminSalesQuery, SalesQuery } from './dto/sales.query.js';
import { type SaleItemRow, type SaleRow, toAdminSale, toSale } from './sale-mapper.js';
import { SaleNotFound } from './sales.errors.js';
import { type SaleOwner, type SalesFilter, SalesRepository } from './sales.repository.js';
import { toTrackedShipment } from './shipments/shipment-mapper.js';
import { ShipmentsRepository } from './shipments/shipments.repository.js';
import { trackingUrl } from './shipments/tracking-url.js';

/** Reads sales, for those who bought them and for staff. */
@Injectable()
export class SalesService {
  constructor(
    private readonly sales: SalesRepository,
    private readonly shipments: ShipmentsRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Whose sales the sender of a request may see.
   * @throws {TokenMissing} where nothing tells who it is
   */
  async ownerOf(principal: Principal): Promise<SaleOwner> {
    if (principal.kind === 'user') return { userId: principal.userId, cartId: null };
    if (principal.cartToken === undefined) throw new TokenMissing();
    const cartId = await this.sales.findGuestCart(hashToken(principal.cartToken));
    if (cartId === undefined) throw new SaleNotFound();
    return { userId: null, cartId };
  }

  async get(principal: Principal, id: string): Promise<SaleResponse> {
    const sale = await this.sales.getOwned(id, await this.ownerOf(principal));
    return toSale(sale, await this.sales.items([id]));
  }

  async getForStaff(id: string): Promise<AdminSaleResponse> {
    return toAdminSale(await this.sales.get(id), await this.sales.items([id]));
  }

  list(user: UserPrincipal, query: SalesQuery): Promise<Page<SaleResponse>> {
    return this.page({ owner: { userId: user.userId, cartId: null }, status: query.status }, query, toSale);
  }

  listForStaff(query: AdminSalesQuery): Promise<Page<AdminSaleResponse>> {
    const { status, from, to, userId, q } = query;
    if (from !== undefined && to !== undefined && Date.parse(to) <= Date.parse(from)) {
      throw InvalidInput.field('to', 'must be later than from');
    }
    return this.page({ status, from, to, userId, q }, query, toAdminSale);
  }

  async stats(user: UserPrincipal): Promise<SaleStatsResponse> {
    const row = await this.sales.stats(user.userId);
    const currency = this.config.STORE_CURRENCY;
    return {
      totalSales: row.sales,
      totalSpent: formatMoney(row.spent, currency),
      pendingSales: row.pending,
      completedSales: row.completed,
      currency,
    };
  }

  async tracking(principal: Principal, id: string): Promise<TrackingResponse> {
    const sale = await this.sales.getOwned(id, await this.ownerOf(principal));
    const [history, shipments] = await Promise.all([this.sales.history(id), this.shipments.list(id)]);
    const steps = history.filter(({ from_status: from, to_status: to }) => from !== to);
    return {
      status: sale.status,
      carrier: sale.carrier,
      trackingNumber: sale.tracking_number,
      trackingUrl: trackingUrl(sale.carrier, sale.tracking_number),
      history: steps.map((entry) => ({ status: entry.to_status, at: entry.at.toISOString(), note: entry.note })),
      shipments: shipments.map(toTrackedShipment),
    };
  }

  /** What was done with a sale, by whom, oldest first. */
  async history(id: string): Promise<SaleHistoryResponse> {
    await this.sales.get(id);
    const items = (await this.sales.history(id)).map((entry) => ({
      from: entry.from_status,
      status: entry.to_status,
      actor: entry.actor,
      at: entry.at.toISOString(),
      note: entry.note,
    }));
    return { items };
  }

  private async page<T>(
    filter: SalesFilter,
    query: SalesQuery,
    map: (row: SaleRow, items: readonly SaleItemRow[]) => T,
  ): Promise<Page<T>> {
    const byCursor = query.cursor !== undefined;
    const before = cursorId(query.cursor);
    const offset = byCursor ? 0 : offsetOf(query);
    const rows = await this.sales.list(filter, query.perPage + 1, offset, before);
    const total = byCursor ? undefined : await this.sales.count(filter);
    const items = groupBy(
      await this.sales.items(rows.slice(0, query.perPage).map((row) => row.id)),
      (item) => item.sale_id,
    );
    return toPage(
      rows,
      query,
      total,
      (row) => [row.id],
      (row) => map(row, items.get(row.id) ?? []),
    );
  }
}
