import { Injectable } from '@nestjs/common';
import { InvalidInput } from '../../../common/domain-error.js';
import { type CurrencyCode, formatMoney, parseMoney } from '../../../common/money.js';
import { cursorId, offsetOf, type Page, type PageRequest, toPage } from '../../../common/paging.js';
import { type IdempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import { AuditApi } from '../../audit/audit.api.js';
import { KeyedEffects } from '../checkout/keyed-effects.service.js';
import type { CreateRefund } from '../dto/refund.request.js';
import type { RefundResponse } from '../dto/refund.response.js';
import { RefundExceedsPayment } from '../sales.errors.js';
import { SalesRepository } from '../sales.repository.js';
import { toRefund } from './refund-mapper.js';
import type { RefundAsk } from './refund-plan.js';
import { RefundsRepository } from './refunds.repository.js';
import { SaleRefundsService } from './sale-refunds.service.js';

/** Refunds as staff ask for them and see them. */
@Injectable()
export class RefundingService {
  constructor(
    private readonly refunds: SaleRefundsService,
    private readonly ledger: RefundsRepository,
    private readonly sales: SalesRepository,
    private readonly effects: KeyedEffects,
    private readonly audit: AuditApi,
  ) {}

  /**
   * Gives back all, an amount or what some pieces cost.
   * @returns the refund, or the first answer under the same key
   * @throws {RefundExceedsPayment} where it is more than was paid and is not given back yet
   */
  async refund(
    saleId: string,
    body: CreateRefund,
    request: IdempotentRequest | undefined,
  ): Promise<RefundResponse | StoredAnswer> {
    if (body.amount !== undefined && body.items !== undefined) {
      throw InvalidInput.field('items', 'comes instead of an amount, not beside it');
    }
    const begun = await this.effects.begin(request, () => this.open(saleId, body));
    if (begun instanceof StoredAnswer) return withReason(begun, body.reason);
    await this.refunds.carryOut(begun);
    const refund = toRefund(await this.ledger.get(begun));
    // The reason may tell of the buyer, whom the record would outlive; the same request brings it along again.
    await this.effects.finish(request, 201, { ...refund, reason: '' });
    return refund;
  }

  /** @throws {SaleNotFound} */
  async list(saleId: string, query: PageRequest): Promise<Page<RefundResponse>> {
    await this.sales.get(saleId);
    const byCursor = query.cursor !== undefined;
    const offset = byCursor ? 0 : offsetOf(query);
    const rows = await this.ledger.list(saleId, query.perPage + 1, offset, cursorId(query.cursor) ?? null);
    const total = byCursor ? undefined : await this.ledger.count(saleId);
    return toPage(rows, query, total, (row) => [row.id], toRefund);
  }

  private async open(saleId: string, body: CreateRefund): Promise<string> {
    const { currency } = await this.sales.getLocked(saleId);
    const refundId = await this.refunds.open(saleId, askOf(body, currency), body.reason);
    if (refundId === undefined) throw new RefundExceedsPayment(`${formatMoney(0n, currency)} ${currency}`);
    const { amount } = toRefund(await this.ledger.get(refundId));
    const after = { refundId, amount, currency };
    await this.audit.record({ action: 'sale.refunded', subjectType: 'sale', subjectId: saleId, after });
    return refundId;
  }
}

function askOf({ amount, items }: CreateRefund, currency: CurrencyCode): RefundAsk {
  if (items !== undefined) return { kind: 'items', items, asFarAsLeft: false };
  if (amount === undefined) return { kind: 'rest' };
  return { kind: 'amount', amount: parseMoney(amount, currency, 'amount') };
}

function withReason({ status, body }: StoredAnswer, reason: string): StoredAnswer {
  const refund: RefundResponse = JSON.parse(body);
  return new StoredAnswer(status, JSON.stringify({ ...refund, reason }));
}
