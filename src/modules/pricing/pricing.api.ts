import { type AppliedPromotion, discount, type Promotion } from './promotions.js';
import { type TaxPolicy, type TaxSubtotal, taxesOf } from './taxes.js';

export type { AppliedPromotion, Benefit, Promotion } from './promotions.js';
export type { TaxPolicy, TaxSubtotal } from './taxes.js';

/** What is asked for, at the price that the catalogue names. Amounts are minor units of one currency. */
export interface PricingLine {
  readonly productId: string;
  readonly unitPrice: bigint;
  readonly quantity: number;
}

/** What a price depends on besides the lines. */
export interface PricingRules {
  /** Those in force, in the order in which they are applied. */
  readonly promotions: readonly Promotion[];
  /** What shipping costs before promotions. */
  readonly shipping: bigint;
  readonly tax: TaxPolicy;
  /** The rate of a product, in millionths. */
  readonly taxRateOf: (line: PricingLine) => bigint;
  readonly shippingTaxRate: bigint;
}

export interface PricedLine {
  /** Unit price × quantity. */
  readonly lineTotal: bigint;
  /** The line's share of the discounts. */
  readonly discount: bigint;
  /** The tax that is added to the line; 0 where prices include it. */
  readonly tax: bigint;
  /** The tax that is in the line; 0 where prices do not include it. */
  readonly includedTax: bigint;
  /** In millionths. */
  readonly taxRate: bigint;
}

export interface Price {
  readonly lines: readonly PricedLine[];
  /** Sum of the line totals. */
  readonly subtotal: bigint;
  /** Sum of the lines' discounts. */
  readonly discount: bigint;
  /** After promotions. */
  readonly shipping: bigint;
  /** The tax on the shipping, added or included, and its rate in millionths. */
  readonly shippingTax: bigint;
  readonly shippingTaxRate: bigint;
  readonly pricesIncludeTax: boolean;
  /** What is added: the lines' taxes and that of the shipping; 0 where prices include it. */
  readonly tax: bigint;
  /** subtotal − discount + shipping + tax: what is charged. */
  readonly total: bigint;
  /** Tax by rate, added or included. */
  readonly taxes: readonly TaxSubtotal[];
  readonly promotions: readonly AppliedPromotion[];
}

/** What a price depends on besides the lines and the promotions. */
export type Charges = Omit<PricingRules, 'promotions'>;

/** A shop without promotions, shipping methods and tax rates charges the sum of its lines. */
export const NO_RULES: PricingRules = {
  promotions: [],
  shipping: 0n,
  tax: { pricesIncludeTax: false, roundingPer: 'line', roundingMode: 'half-up' },
  taxRateOf: () => 0n,
  shippingTaxRate: 0n,
};

/** Prices a cart or a sale. Exact but for the roundings that the tax policy names; every sum is the sum of its parts. */
export function price(lines: readonly PricingLine[], rules: PricingRules = NO_RULES): Price {
  const { tax: policy } = rules;
  const full = lines.map((line) => ({ ...line, lineTotal: line.unitPrice * BigInt(line.quantity) }));
  const subtotal = full.reduce((sum, { lineTotal }) => sum + lineTotal, 0n);
  const discounts = discount(full, rules.promotions, rules.shipping, policy.roundingMode);
  const { shipping } = discounts;
  const discounted = discounts.lines.reduce((sum, amount) => sum + amount, 0n);
  const taxable = full.map((line, index) => ({
    amount: line.lineTotal - (discounts.lines[index] ?? 0n),
    rate: rules.taxRateOf(line),
  }));
  const taxes = taxesOf([...taxable, { amount: shipping, rate: rules.shippingTaxRate }], policy);
  const added = (index: number): bigint => (policy.pricesIncludeTax ? 0n : (taxes.each[index] ?? 0n));
  const tax = taxes.each.reduce((sum, _, index) => sum + added(index), 0n);
  return {
    lines: full.map(({ lineTotal }, index) => ({
      lineTotal,
      discount: discounts.lines[index] ?? 0n,
      tax: added(index),
      includedTax: (taxes.each[index] ?? 0n) - added(index),
      taxRate: taxable[index]?.rate ?? 0n,
    })),
    subtotal,
    discount: discounted,
    shipping,
    shippingTax: taxes.each.at(-1) ?? 0n,
    shippingTaxRate: rules.shippingTaxRate,
    pricesIncludeTax: policy.pricesIncludeTax,
    tax,
    total: subtotal - discounted + shipping + tax,
    taxes: taxes.subtotals.filter(({ base, tax: amount }) => base + amount > 0n),
    promotions: discounts.applied,
  };
}
