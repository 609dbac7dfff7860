import { Injectable } from '@nestjs/common';
import { type IdempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import type { Principal } from '../../../platform/security/principal.js';
import { CartsApi } from '../../carts/carts.api.js';
import type { PaymentResponse } from '../dto/payment.response.js';
import type { PaymentInput, PlaceSale } from '../dto/place-sale.dto.js';
import type { SaleResponse } from '../dto/sale.response.js';
import { SalePaymentsService } from '../payments/sale-payments.service.js';
import { SalesService } from '../sales.service.js';
import { CheckoutService } from './checkout.service.js';
import { PayingAtOnce } from './paying-at-once.service.js';

/** What a buyer does: places a sale, and pays it. */
@Injectable()
export class BuyingService {
  constructor(
    private readonly checkouts: CheckoutService,
    private readonly payments: SalePaymentsService,
    private readonly sales: SalesService,
    private readonly carts: CartsApi,
    private readonly paying: PayingAtOnce,
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
    if (placed instanceof StoredAnswer) return this.paying.repeat(principal, body, placed, request);
    const { payment } = body;
    return payment === undefined ? placed : this.paying.pay(principal, placed, { ...body, payment }, request);
  }

  async pay(
    principal: Principal,
    saleId: string,
    input: PaymentInput,
    request: IdempotentRequest | undefined,
  ): Promise<PaymentResponse | StoredAnswer> {
    return this.payments.pay(saleId, await this.sales.ownerOf(principal), input, request);
  }
}
