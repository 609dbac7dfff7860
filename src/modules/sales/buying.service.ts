import { Injectable } from '@nestjs/common';
import { IdempotencyInProgress, type IdempotentRequest, StoredAnswer } from '../../platform/http/idempotency.js';
import { IdempotencyRepository } from '../../platform/http/idempotency.repository.js';
import type { Principal } from '../../platform/security/principal.js';
import { CartsApi } from '../carts/carts.api.js';
import { CheckoutService } from './checkout.service.js';
import type { PaymentResponse } from './dto/payment.response.js';
import type { PaymentInput, PlaceSale } from './dto/place-sale.dto.js';
import type { SaleResponse } from './dto/sale.response.js';
import { SaleNews } from './sale-news.service.js';
import { SalePaymentsService } from './sale-payments.service.js';
import { AlreadyPaid, PaymentInProgress } from './sales.errors.js';
import { SalesService } from './sales.service.js';

/** What a buyer does: places a sale, and pays it. */
@Injectable()
export class BuyingService {
  constructor(
    private readonly checkouts: CheckoutService,
    private readonly payments: SalePaymentsService,
    private readonly sales: SalesService,
    private readonly carts: CartsApi,
    private readonly news: SaleNews,
    private readonly records: IdempotencyRepository,
  ) {}

  /**
   * Places a sale and, where the request says so, pays it.
   * @returns the sale, or the first answer under the same key
   */
  async place(
    principal: Principal,
    body: PlaceSale,
    request: IdempotentRequest | undefined,
  ): Promise<SaleResponse | StoredAnswer> {
    if (body.payment !== undefined) this.payments.check(body.payment, 'payment.');
    if (principal.kind === 'user' && principal.cartToken !== undefined) {
      await this.carts.adopt(principal.userId, principal.cartToken);
    }
    const placed = await this.checkouts.place(principal, body, request);
    if (placed instanceof StoredAnswer) return this.repeat(principal, body, placed, request);
    await this.news.placed(placed.levels);
    return body.payment === undefined ? placed.sale : this.payAtOnce(principal, placed.sale, body.payment, request);
  }

  async pay(
    principal: Principal,
    saleId: string,
    input: PaymentInput,
    request: IdempotentRequest | undefined,
  ): Promise<PaymentResponse | StoredAnswer> {
    return this.payments.pay(saleId, await this.sales.ownerOf(principal), input, request);
  }

  /** The first answer; where the payment of its sale was cut off half-way, it is made now. */
  private async repeat(
    principal: Principal,
    { payment }: PlaceSale,
    first: StoredAnswer,
    request: IdempotentRequest | undefined,
  ): Promise<SaleResponse | StoredAnswer> {
    if (first.finished || request === undefined || payment === undefined) return first;
    const answer = await this.records.finished(request, first);
    if (answer.finished) return answer;
    const sale: SaleResponse = JSON.parse(answer.body);
    return this.payAtOnce(principal, sale, payment, request);
  }

  /** The sale stands whatever becomes of the payment. */
  private async payAtOnce(
    principal: Principal,
    { id }: SaleResponse,
    payment: PaymentInput,
    request: IdempotentRequest | undefined,
  ): Promise<SaleResponse> {
    try {
      await this.payments.pay(id, await this.sales.ownerOf(principal), payment, undefined);
    } catch (error) {
      if (error instanceof PaymentInProgress) throw new IdempotencyInProgress();
      if (!(error instanceof AlreadyPaid)) throw error;
    }
    const sale = await this.sales.get(principal, id);
    if (request !== undefined) await this.records.record(request, new StoredAnswer(201, JSON.stringify(sale)));
    return sale;
  }
}
