/** What is asked for, with the price that the catalogue names. Amounts are minor units of one currency. */
export interface PricingLine {
  readonly unitPrice: bigint;
  readonly quantity: number;
}

export interface PricedLine {
  /** Unit price × quantity. */
  readonly lineTotal: bigint;
  /** The line's share of the discounts. */
  readonly discount: bigint;
  /** The line's share of the tax. */
  readonly tax: bigint;
}

export interface SalePrice {
  readonly lines: readonly PricedLine[];
  /** Sum of the line totals. */
  readonly subtotal: bigint;
  readonly discount: bigint;
  readonly shipping: bigint;
  readonly tax: bigint;
  /** subtotal − discount + shipping + tax: what is charged. */
  readonly total: bigint;
}

/**
 * Prices a sale from its lines. A shop without promotions, shipping methods and tax rates charges the sum of its
 * lines; the parts stand in the result so that whoever prints a sale need not know that.
 */
export function priceSale(lines: readonly PricingLine[]): SalePrice {
  const priced = lines.map((line) => ({
    lineTotal: line.unitPrice * BigInt(line.quantity),
    discount: 0n,
    tax: 0n,
  }));
  const subtotal = priced.reduce((sum, line) => sum + line.lineTotal, 0n);
  return { lines: priced, subtotal, discount: 0n, shipping: 0n, tax: 0n, total: subtotal };
}
