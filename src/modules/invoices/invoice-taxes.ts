/**
 * A category of UNCL5305: `S` is taxed at its rate, `Z` at nought; `O` is outside the scope of VAT.
 */
export type TaxCategory = 'S' | 'Z' | 'O';

export interface TaxRate {
  readonly category: TaxCategory;
  /** In millionths, so that 8.875 % is 88,750; 0 for `Z` and `O`. */
  readonly rate: bigint;
}

export interface Taxed {
  readonly taxed: TaxRate;
}

/** An amount of a document without its tax, in minor units, and the tax that was added to it. */
export interface TaxedAmount {
  readonly amount: bigint;
  readonly tax: bigint;
  /** In millionths, where it was kept. */
  readonly rate?: bigint | undefined;
}

/** The whole: 100 %. */
const WHOLE = 1_000_000n;
/** Decimals of a rate in per cent that are tried, the fewest first. */
const FINEST = 4;

/**
 * An identifier for VAT begins with the code of its country (EN 16931, BR-CO-9), for example `DE123456789`.
 * @returns the identifier without spaces and punctuation, or undefined where it is something else
 */
export function vatIdOf(taxId: string | null): string | undefined {
  const plain = (taxId ?? '').replace(/[\s.\-/]/g, '').toUpperCase();
  return /^[A-Z]{2}(?=.*\d)[A-Z0-9+*]{2,13}$/.test(plain) ? plain : undefined;
}

/**
 * How each amount is taxed. Where the rate was not kept, it is the one with the fewest decimals that gives these amounts,
 * for all together where there is one. What bears no tax is `Z` where the seller is
 * registered for VAT or charges it on other amounts, which rules `O` out (BR-O-2, BR-O-11), and else `O`, since `Z`
 * asks for that registration (BR-Z-2).
 */
export function withTaxRates<T extends TaxedAmount>(amounts: readonly T[], taxId: string | null): (T & Taxed)[] {
  const taxed = amounts.filter(({ amount, tax, rate }) => (rate === undefined ? tax > 0n && amount > 0n : rate > 0n));
  const common = simplestRate(taxed.filter(({ rate }) => rate === undefined));
  const category = taxed.length > 0 || vatIdOf(taxId) !== undefined ? 'Z' : 'O';
  return amounts.map((each) => {
    if (!taxed.includes(each)) return { ...each, taxed: { category, rate: 0n } };
    const rate = each.rate ?? common ?? simplestRate([each]) ?? exactRate(each, FINEST);
    return { ...each, taxed: { category: 'S', rate } };
  });
}

function simplestRate(amounts: readonly TaxedAmount[]): bigint | undefined {
  if (amounts.length === 0) return undefined;
  // The larger an amount, the less its rounding hides of the rate.
  const largest = amounts.reduce((most, each) => (each.amount > most.amount ? each : most));
  const rates = Array.from({ length: FINEST + 1 }, (_, decimals) => exactRate(largest, decimals));
  return rates.find((rate) => amounts.every((each) => explains(rate, each)));
}

/** Whether a tax is less than a minor unit away from what a rate gives, as rounding and sharing out leave it. */
function explains(rate: bigint, { amount, tax }: TaxedAmount): boolean {
  const off = amount * rate - tax * WHOLE;
  return (off < 0n ? -off : off) < WHOLE;
}

function exactRate({ amount, tax }: TaxedAmount, decimals: number): bigint {
  const step = 10n ** BigInt(FINEST - decimals);
  const denominator = amount * step;
  return ((2n * tax * WHOLE + denominator) / (2n * denominator)) * step;
}
