/** Most decimals that EN 16931 allows in amounts other than unit prices (BR-DEC). */
export const MOST_DECIMALS = 2;

/**
 * Drops decimals of amounts in turn, so that what was dropped from one is made up for by the next: each is less than a
 * unit off, and their sum is the rounded sum, where each rounded alone could add up to anything.
 */
export class CumulativeRounding {
  private readonly unit: bigint;
  private exact = 0n;
  private given = 0n;
  /** Whether something was not a whole number of the larger units. */
  hasLost = false;

  /** @param drops how many decimals; without any, every amount stays as it is */
  constructor(drops: number) {
    this.unit = 10n ** BigInt(Math.max(0, drops));
  }

  /** The next amount of the sum. */
  next(amount: bigint): bigint {
    this.exact += amount;
    const rounded = this.alone(this.exact) - this.given;
    this.given += rounded;
    if (amount % this.unit !== 0n) this.hasLost = true;
    return rounded;
  }

  /** An amount rounded for itself, the half up. */
  alone(amount: bigint): bigint {
    const half = this.unit / 2n;
    return amount < 0n ? -((-amount + half) / this.unit) : (amount + half) / this.unit;
  }
}
