import fc from 'fast-check';
import {
  type Benefit,
  type PricingLine,
  type PricingRules,
  type Promotion,
  price,
} from '../../src/modules/pricing/pricing.api.js';
import { PriceOracle } from '../support/price-oracle.js';

/** `make test-money` compares a hundred thousand. */
const CARTS = Number(process.env.CARTS ?? 9_000);

/** Carts with rules, from a seed: cheaper by far than arbitraries, of which a hundred thousand would take minutes. */
class Carts {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  next(): { readonly lines: readonly PricingLine[]; readonly rules: PricingRules } {
    const lines = this.many(4, (index) => ({
      productId: `p${index}`,
      unitPrice: this.amount(),
      quantity: 1 + this.below(5),
    }));
    const byProduct = new Map(lines.map(({ productId }) => [productId, this.rate()]));
    return {
      lines,
      rules: {
        promotions: this.many(3, (index) => this.promotion(index)),
        shipping: this.amount(),
        tax: {
          pricesIncludeTax: this.below(4) === 0,
          roundingPer: this.below(2) === 0 ? 'line' : 'total',
          roundingMode: this.below(2) === 0 ? 'half-up' : 'half-even',
        },
        taxRateOf: ({ productId }) => byProduct.get(productId) ?? 0n,
        shippingTaxRate: this.rate(),
      },
    };
  }

  /** Mulberry32. */
  private below(end: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  private many<T>(most: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.below(most + 1) }, (_, index) => make(index));
  }

  /** Small and round ones, where halves and ties are frequent, and others. */
  private amount(): bigint {
    const most = [10, 1_000, 1_000_000][this.below(3)] ?? 10;
    return BigInt(this.below(most));
  }

  private rate(): bigint {
    return [0n, 50_000n, 70_000n, 88_750n, 190_000n, 250_000n][this.below(6)] ?? 0n;
  }

  private promotion(index: number): Promotion {
    return {
      id: `promotion ${index}`,
      benefit: this.benefit(),
      productIds: this.below(3) === 0 ? new Set(['p0', 'p2']) : undefined,
      minimum: this.below(2) === 0 ? 0n : this.amount(),
      exclusive: this.below(4) === 0,
    };
  }

  private benefit(): Benefit {
    const rate = [100_000n, 333_333n, 500_000n, 1_000_000n][this.below(4)] ?? 0n;
    switch (this.below(4)) {
      case 0:
        return { kind: 'percentage', rate };
      case 1:
        return { kind: 'fixed', amount: this.amount() };
      case 2:
        return { kind: 'buy-x-get-y', buy: 1 + this.below(3), get: 1 + this.below(2), rate };
      default:
        return { kind: 'free-shipping' };
    }
  }
}

describe('the price of any cart', () => {
  const seed = Math.floor(Math.random() * 2 ** 32);

  it.each([
    ['JPY', 0],
    ['USD', 2],
    ['KWD', 3],
  ])(`is what decimal arithmetic finds, in %s (seed ${seed})`, (_, digits) => {
    const carts = new Carts(seed + digits);
    const oracle = new PriceOracle(digits);
    for (let n = 0; n < CARTS / 3; n += 1) {
      const cart = carts.next();
      const { lines, subtotal, discount, shipping, shippingTax, tax, total } = price(cart.lines, cart.rules);
      const lineDiscounts = lines.map((each) => each.discount);
      const lineTaxes = lines.map((each) => each.tax);
      const lineIncluded = lines.map((each) => each.includedTax);
      const sums = { subtotal, discount, shipping, tax, total };
      const found = { ...sums, lineDiscounts, lineTaxes, lineIncluded, shippingTax };
      const expected = oracle.price(cart.lines, cart.rules);
      if (!same(found, expected)) expect({ cart, ...found }).toEqual({ cart, ...expected });
    }
  });

  it('adds up, takes no more off a line than it costs, and taxes what is charged', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(50), (start, skipped) => {
        const carts = new Carts(start);
        for (let n = 0; n < skipped; n += 1) carts.next();
        const cart = carts.next();
        const result = price(cart.lines, cart.rules);
        const sum = (pick: (each: (typeof result.lines)[number]) => bigint): bigint =>
          result.lines.reduce((all, each) => all + pick(each), 0n);
        expect(result.subtotal).toBe(sum(({ lineTotal }) => lineTotal));
        expect(result.discount).toBe(sum((each) => each.discount));
        expect(result.total).toBe(result.subtotal - result.discount + result.shipping + result.tax);
        for (const each of result.lines) expect(each.discount <= each.lineTotal && each.discount >= 0n).toBe(true);
        expect(result.taxes.reduce((all, { base, tax }) => all + base + tax, 0n)).toBe(result.total);
        expect(result.promotions.reduce((all, each) => all + each.amount, 0n)).toBe(result.discount);
      }),
    );
  });
});

function same(a: unknown, b: unknown): boolean {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part));
  return text(a) === text(b);
}
