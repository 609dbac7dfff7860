import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { StoredAnswer } from '../../../platform/http/idempotency.js';
import { CartsApi } from '../../carts/carts.api.js';
import { PricesApi } from '../../products/prices.api.js';
import type { PlaceSale } from '../dto/place-sale.dto.js';
import { CartChanged } from '../sales.errors.js';
import { type Buyer, CheckoutRepository, type Quote } from './checkout.repository.js';

/** Tries before a quote gives up on prices that keep changing under it. */
const ATTEMPTS = 20;

/** Reads what sales are priced from. */
@Injectable()
export class Quotes {
  constructor(
    private readonly checkouts: CheckoutRepository,
    private readonly prices: PricesApi,
    private readonly carts: CartsApi,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * What a cart comes to that this process has just shown, as far as it can be known without the database: where the
   * request says where it goes and nothing else that changes the price. Whether all of it still holds is for the statement
   * to find out that writes the sale. A cart serves once.
   */
  shown(buyer: Buyer, body: PlaceSale): Quote | undefined {
    const { items, deliveryAddress, shippingMethod, couponCode } = body;
    if (items !== undefined || deliveryAddress === undefined) return undefined;
    if (shippingMethod !== undefined || couponCode !== undefined) return undefined;
    const cart = this.carts.takeShown(buyer.key);
    if (cart === undefined || !cart.lines.every(({ sold, stock, quantity }) => sold && quantity <= stock))
      return undefined;
    return {
      cart: { id: cart.id, version: cart.version },
      couponCode: null,
      offered: false,
      email: null,
      address: null,
      destination: { tariffs: null, rates: null, preferred: null },
      lines: cart.lines.map((line) => ({ ...line, currency: this.config.STORE_CURRENCY, forSale: true })),
      asShown: true,
    };
  }

  /** A quote at the prices of this moment, or the answer that the key's first request had. */
  async read(...asked: Parameters<CheckoutRepository['quote']>): Promise<Quote | StoredAnswer> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const quote = await this.checkouts.quote(...asked);
      if (quote instanceof StoredAnswer || (await this.applyDuePrices(quote)) === 0) return quote;
    }
    throw new CartChanged();
  }

  /** A sale price begins and ends at its moment, also where no job has come round to it yet. */
  private async applyDuePrices({ lines }: Quote): Promise<number> {
    const now = this.clock.now();
    const due = lines.filter(({ priceChangesAt }) => priceChangesAt !== null && priceChangesAt <= now);
    return due.length === 0 ? 0 : this.prices.applyDue(due.map(({ productId }) => productId));
  }
}
