import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { cursorId, offsetOf, type Page, type PageRequest, toPage } from '../../../common/paging.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { Principal } from '../../../platform/security/principal.js';
import type { RequestReturn, ReturnResponse, ReturnsQuery } from '../dto/return.dto.js';
import { takeUnits } from '../refunds/line-units.js';
import { InvalidTransition, ReturnExceedsSale } from '../sales.errors.js';
import { SalesRepository } from '../sales.repository.js';
import { SalesService } from '../sales.service.js';
import { toReturn } from './return-mapper.js';
import { type ReturnsFilter, ReturnsRepository } from './returns.repository.js';

/** Returns as buyers ask for them, and everybody sees them. */
@Injectable()
export class SaleReturnsService {
  constructor(
    private readonly owners: SalesService,
    private readonly sales: SalesRepository,
    private readonly returns: ReturnsRepository,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks to send back pieces of a delivered sale.
   * @throws {InvalidTransition} where the sale is not delivered, or returned already
   * @throws {ReturnExceedsSale} naming the lines of which fewer are left
   */
  async request(principal: Principal, saleId: string, { items, reason }: RequestReturn): Promise<ReturnResponse> {
    const owner = await this.owners.ownerOf(principal);
    return this.uow.run(async () => {
      const sale = await this.sales.getLocked(saleId, owner);
      if (sale.status !== 'delivered') throw new InvalidTransition(sale.status, 'returned');
      const lines = (await this.returns.lines(saleId)).map((line) => ({
        ...line,
        available: line.quantity - line.returnedUnits,
      }));
      const { units, problems } = takeUnits(items, lines);
      if (problems.length > 0) throw new ReturnExceedsSale(problems);
      return toReturn(await this.returns.get(await this.returns.add(saleId, units, reason, this.clock.now())));
    });
  }

  async listOwn(principal: Principal, saleId: string, query: PageRequest): Promise<Page<ReturnResponse>> {
    await this.sales.getOwned(saleId, await this.owners.ownerOf(principal));
    return this.page({ saleId }, query);
  }

  listAll(query: ReturnsQuery): Promise<Page<ReturnResponse>> {
    return this.page({ saleId: query.saleId, status: query.status }, query);
  }

  private async page(filter: ReturnsFilter, query: PageRequest): Promise<Page<ReturnResponse>> {
    const byCursor = query.cursor !== undefined;
    const offset = byCursor ? 0 : offsetOf(query);
    const rows = await this.returns.list(filter, query.perPage + 1, offset, cursorId(query.cursor) ?? null);
    const total = byCursor ? undefined : await this.returns.count(filter);
    return toPage(rows, query, total, (row) => [row.id], toReturn);
  }
}
