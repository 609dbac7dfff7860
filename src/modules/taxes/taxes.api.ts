import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import type { Charges, PricingLine, TaxPolicy } from '../pricing/pricing.api.js';
import { rateOf } from './tax-table.js';
import type { RateIn } from './taxes.events.js';

/** A line as far as taxes are concerned. */
export interface TaxedLine {
  readonly productId: string;
  /** Null for the standard one. */
  readonly taxCategory: string | null;
}

/** Where something is taxed, and at which rates. */
export interface TaxedWhere {
  /** Those of the country; null where it has none. */
  readonly rates: readonly RateIn[] | null;
  readonly region: string | null;
}

/** The door to taxes, for who prices carts and sales. */
@Injectable()
export class TaxesApi {
  /** How this shop works taxes out. */
  readonly policy: TaxPolicy;

  constructor(@Inject(CONFIG) { STORE_PRICES_INCLUDE_TAX, TAX_ROUNDING, TAX_ROUNDING_MODE }: Config) {
    this.policy = {
      pricesIncludeTax: STORE_PRICES_INCLUDE_TAX,
      roundingPer: TAX_ROUNDING,
      roundingMode: TAX_ROUNDING_MODE,
    };
  }

  /**
   * What is charged besides the lines.
   * @param shipping its price in minor units, and the category whose rate it has; undefined for none
   */
  charges(
    lines: readonly TaxedLine[],
    { rates, region }: TaxedWhere,
    shipping: { readonly price: bigint; readonly taxCategory: string | null } | undefined,
  ): Charges {
    const price = shipping?.price ?? 0n;
    if (rates === null) return { shipping: price, tax: this.policy, taxRateOf: () => 0n, shippingTaxRate: 0n };
    const known = new Map<string | null, bigint>();
    const rateFor = (category: string | null): bigint => {
      const rate = known.get(category) ?? rateOf(rates, region, category);
      known.set(category, rate);
      return rate;
    };
    const categories = new Map(lines.map(({ productId, taxCategory }) => [productId, taxCategory]));
    return {
      shipping: price,
      tax: this.policy,
      taxRateOf: ({ productId }: PricingLine) => rateFor(categories.get(productId) ?? null),
      shippingTaxRate: rateFor(shipping?.taxCategory ?? null),
    };
  }
}
