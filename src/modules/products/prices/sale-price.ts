/** A lower price and when it is charged: from a moment on, or since ever, until before another one, or without end. */
export interface SalePrice {
  /** Minor units, below the regular price. */
  readonly price: bigint;
  readonly from: Date | null;
  readonly to: Date | null;
}

/** What a product's row says of its prices at a moment; amounts are minor units. */
export interface Pricing {
  /** What is charged. */
  readonly price: bigint;
  /** What it goes back to; null while that is what is charged. */
  readonly regularPrice: bigint | null;
  readonly salePrice: bigint | null;
  readonly saleFrom: Date | null;
  readonly saleTo: Date | null;
  /** When what is charged changes next; null for never. */
  readonly nextPriceChangeAt: Date | null;
}

/** The part of a row that tells its prices. */
export interface PricedRow {
  readonly price: bigint;
  readonly regular_price: bigint | null;
  readonly sale_price: bigint | null;
  readonly sale_from: Date | null;
  readonly sale_to: Date | null;
}

/** What a product costs without its sale price. */
export function regularPriceOf(row: Pick<PricedRow, 'price' | 'regular_price'>): bigint {
  return row.regular_price ?? row.price;
}

/** The sale price that a product has or is to have; null for none. */
export function salePriceOf(row: PricedRow): SalePrice | null {
  return row.sale_price === null ? null : { price: row.sale_price, from: row.sale_from, to: row.sale_to };
}

/** The prices of a product at a moment. A sale price whose period is over is none any more. */
export function pricingAt(regular: bigint, sale: SalePrice | null, now: Date): Pricing {
  if (sale === null || (sale.to !== null && sale.to <= now)) {
    const none = { regularPrice: null, salePrice: null, saleFrom: null, saleTo: null };
    return { price: regular, ...none, nextPriceChangeAt: null };
  }
  const period = { salePrice: sale.price, saleFrom: sale.from, saleTo: sale.to };
  if (sale.from !== null && sale.from > now) {
    return { price: regular, regularPrice: null, ...period, nextPriceChangeAt: sale.from };
  }
  return { price: sale.price, regularPrice: regular, ...period, nextPriceChangeAt: sale.to };
}
