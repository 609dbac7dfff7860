import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { StoredAnswer } from '../../../platform/http/idempotency.js';
import { PricesApi } from '../../products/prices.api.js';
import { CartChanged } from '../sales.errors.js';
import { CheckoutRepository, type Quote } from './checkout.repository.js';

/** Tries before a quote gives up on prices that keep changing under it. */
const ATTEMPTS = 20;

/** Reads what sales are priced from. */
@Injectable()
export class Quotes {
  constructor(
    private readonly checkouts: CheckoutRepository,
    private readonly prices: PricesApi,
    private readonly clock: Clock,
  ) {}

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
