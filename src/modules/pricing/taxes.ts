import { allocate, divide, type RoundingMode, WHOLE } from '../../common/rounding.js';

/** How tax is worked out. */
export interface TaxPolicy {
  /** Whether prices, and so the amounts below, have their tax in them. */
  readonly pricesIncludeTax: boolean;
  /** Whether each line is rounded, or the sum of those with one rate, which is then shared out over them. */
  readonly roundingPer: 'line' | 'total';
  readonly roundingMode: RoundingMode;
}

/** An amount that is taxed, in minor units, at a rate in millionths. */
export interface Taxable {
  readonly amount: bigint;
  readonly rate: bigint;
}

/** What one rate comes to: a line of the tax breakdown (EN 16931, BG-23). */
export interface TaxSubtotal {
  readonly rate: bigint;
  /** What is taxed, without the tax (BT-116). */
  readonly base: bigint;
  /** The tax (BT-117). */
  readonly tax: bigint;
}

export interface Taxes {
  /** In the order of what was taxed. */
  readonly each: readonly bigint[];
  /** By rate, the highest first. */
  readonly subtotals: readonly TaxSubtotal[];
}

/** The tax on amounts, or in them. The taxes of a rate always sum to its subtotal. */
export function taxesOf(items: readonly Taxable[], policy: TaxPolicy): Taxes {
  const each = items.map(() => 0n);
  const rates = [...new Set(items.map(({ rate }) => rate))].sort((a, b) => Number(b > a) - Number(b < a));
  const subtotals = rates.map((rate) => {
    const indexes = items.flatMap((item, index) => (item.rate === rate ? [index] : []));
    const amounts = indexes.map((index) => items[index]?.amount ?? 0n);
    const taxes = atRate(amounts, rate, policy);
    for (const [place, index] of indexes.entries()) each[index] = taxes[place] ?? 0n;
    const [tax, amount] = [sum(taxes), sum(amounts)];
    return { rate, base: policy.pricesIncludeTax ? amount - tax : amount, tax };
  });
  return { each, subtotals };
}

function atRate(amounts: readonly bigint[], rate: bigint, policy: TaxPolicy): readonly bigint[] {
  // Most shops have no rates, and every cart that is shown comes by here.
  if (rate === 0n) return amounts.map(() => 0n);
  const denominator = policy.pricesIncludeTax ? WHOLE + rate : WHOLE;
  const taxOn = (amount: bigint): bigint => divide(amount * rate, denominator, policy.roundingMode);
  return policy.roundingPer === 'line' ? amounts.map(taxOn) : allocate(taxOn(sum(amounts)), amounts);
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((all, amount) => all + amount, 0n);
}
