/** A line as far as money is concerned; the price in minor units. */
export interface PricedLine {
  readonly unitPrice: bigint;
  readonly quantity: number;
}

/** The money of a cart, in minor units: `total` = `subtotal` − `discount` + `shipping` + `tax`. */
export interface CartTotals {
  readonly subtotal: bigint;
  readonly discount: bigint;
  readonly shipping: bigint;
  readonly tax: bigint;
  readonly total: bigint;
  /** Pieces, not lines. */
  readonly itemCount: number;
}

export function lineTotal({ unitPrice, quantity }: PricedLine): bigint {
  return unitPrice * BigInt(quantity);
}

/** What a cart comes to. Nothing is discounted; shipping and tax are not known before there is an address. */
export function cartTotals(lines: readonly PricedLine[]): CartTotals {
  let subtotal = 0n;
  let itemCount = 0;
  for (const line of lines) {
    subtotal += lineTotal(line);
    itemCount += line.quantity;
  }
  const [discount, shipping, tax] = [0n, 0n, 0n];
  return { subtotal, discount, shipping, tax, total: subtotal - discount + shipping + tax, itemCount };
}
