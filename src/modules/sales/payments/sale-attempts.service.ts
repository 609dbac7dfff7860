import { Injectable } from '@nestjs/common';
import { cursorId, offsetOf, type Page, type PageRequest, toPage } from '../../../common/paging.js';
import type { AdminPaymentResponse } from '../dto/admin-payment.response.js';
import { SalesRepository } from '../sales.repository.js';
import { toAttempt } from './attempt-mapper.js';
import { SaleAttemptsRepository } from './sale-attempts.repository.js';

/** The payments of a sale, good and bad, as staff see them. */
@Injectable()
export class SaleAttempts {
  constructor(
    private readonly attempts: SaleAttemptsRepository,
    private readonly sales: SalesRepository,
  ) {}

  /** @throws {SaleNotFound} */
  async list(saleId: string, query: PageRequest): Promise<Page<AdminPaymentResponse>> {
    await this.sales.get(saleId);
    const byCursor = query.cursor !== undefined;
    const offset = byCursor ? 0 : offsetOf(query);
    const rows = await this.attempts.list(saleId, query.perPage + 1, offset, cursorId(query.cursor) ?? null);
    const total = byCursor ? undefined : await this.attempts.count(saleId);
    return toPage(rows, query, total, (row) => [row.id], toAttempt);
  }
}
