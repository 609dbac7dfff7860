import { Injectable } from '@nestjs/common';
import { IdempotencyInProgress, type IdempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import { IdempotencyRepository } from '../../../platform/http/idempotency.repository.js';
import type { Principal } from '../../../platform/security/principal.js';
import type { PaymentInput, PlaceSale } from '../dto/place-sale.dto.js';
import type { SaleResponse } from '../dto/sale.response.js';
import { SalePaymentsService } from '../payments/sale-payments.service.js';
import { AlreadyPaid, PaymentInProgress, TooManyOpenSales } from '../sales.errors.js';
import { SalesService } from '../sales.service.js';
import { OpenSales } from './open-sales.service.js';

/** An order that says how it is paid. */
export type PaidAtOnce = PlaceSale & { readonly payment: PaymentInput };

/** Pays sales in the request that has placed them. */
@Injectable()
export class PayingAtOnce {
  constructor(
    private readonly payments: SalePaymentsService,
    private readonly sales: SalesService,
    private readonly open: OpenSales,
    private readonly records: IdempotencyRepository,
  ) {}

  /** The first answer; where the payment of its sale was cut off half-way, it is made now. */
  async repeat(
    principal: Principal,
    body: PlaceSale,
    first: StoredAnswer,
    request: IdempotentRequest | undefined,
  ): Promise<SaleResponse | StoredAnswer> {
    const { payment } = body;
    if (first.finished || request === undefined || payment === undefined) return first;
    const answer = await this.records.finished(request, first);
    if (answer.finished) return answer;
    const sale: SaleResponse = JSON.parse(answer.body);
    return this.pay(principal, sale, { ...body, payment }, request);
  }

  /**
   * The sale stands whatever becomes of the payment, unless its buyer has too many that are not paid.
   * @throws {TooManyOpenSales}
   */
  async pay(
    principal: Principal,
    { id }: SaleResponse,
    { payment, items }: PaidAtOnce,
    request: IdempotentRequest | undefined,
  ): Promise<SaleResponse> {
    try {
      await this.payments.pay(id, await this.sales.ownerOf(principal), payment, undefined);
    } catch (error) {
      if (error instanceof PaymentInProgress) throw new IdempotencyInProgress();
      if (!(error instanceof AlreadyPaid)) throw error;
    }
    const sale = await this.sales.get(principal, id);
    if (sale.status === 'pending') await this.countIn(id, items === undefined, request);
    if (request !== undefined) await this.records.record(request, new StoredAnswer(201, JSON.stringify(sale)));
    return sale;
  }

  /** A refusal is not kept under its key: the same request is judged anew. */
  private async countIn(id: string, ofCart: boolean, request: IdempotentRequest | undefined): Promise<void> {
    try {
      await this.open.countIn(id, ofCart);
    } catch (error) {
      if (error instanceof TooManyOpenSales && request !== undefined) await this.records.release(request);
      throw error;
    }
  }
}
