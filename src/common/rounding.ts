/** What becomes of the exact half of a minor unit: away from zero, as taught at school, or to the even neighbour. */
export type RoundingMode = 'half-up' | 'half-even';

/** Rates are whole numbers of millionths, so that 8.875 % is exact: 88,750. */
export const WHOLE = 1_000_000n;

/**
 * A fraction of amounts as a whole number of minor units; nothing is lost before that.
 * @param numerator not negative
 * @param denominator positive
 */
export function divide(numerator: bigint, denominator: bigint, mode: RoundingMode): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice !== denominator) return twice > denominator ? quotient + 1n : quotient;
  return mode === 'half-up' || quotient % 2n === 1n ? quotient + 1n : quotient;
}

/**
 * Shares an amount out in proportion to weights, so that the shares sum to it exactly: each gets the whole part of its
 * share, and what is left goes, a minor unit each, to the largest fractions, the first among equals (Hamilton's method).
 * No share is larger than its weight as long as the amount is not larger than their sum.
 * @param amount not negative
 * @param weights not negative; where all are zero, so must the amount be
 */
export function allocate(amount: bigint, weights: readonly bigint[]): bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole === 0n) {
    if (amount !== 0n) throw new RangeError('There is nothing to share an amount out to.');
    return weights.map(() => 0n);
  }
  const shares = weights.map((weight) => (amount * weight) / whole);
  const fraction = (index: number): bigint => (amount * (weights[index] ?? 0n)) % whole;
  let left = amount - shares.reduce((sum, share) => sum + share, 0n);
  const byFraction = weights.map((_, index) => index).sort((a, b) => compare(fraction(b), fraction(a)) || a - b);
  for (const index of byFraction) {
    if (left === 0n) break;
    shares[index] = (shares[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return shares;
}

export function lesser(a: bigint, b: bigint): bigint {
  return compare(a, b) < 0 ? a : b;
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
