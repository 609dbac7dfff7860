import fc from 'fast-check';
import { InvalidInput } from '../../../common/domain-error.js';
import { RefundExceedsPayment } from '../sales.errors.js';
import {
  planRefund,
  type RefundAsk,
  type RefundableLine,
  type RefundableSale,
  type RefundPlan,
} from './refund-plan.js';

const [LAMP, MUG] = ['lamp', 'mug'];

function line(lineNo: number, productId: string, charged: Partial<RefundableLine> = {}): RefundableLine {
  const nothing = { refundedUnits: 0, refundedNet: 0n, refundedTax: 0n };
  return { lineNo, productId, unitPrice: 1_000n, quantity: 3, net: 3_000n, tax: 0n, ...nothing, ...charged };
}

function sale(lines: readonly RefundableLine[], shipping = 0n, shippingTax = 0n): RefundableSale {
  const left = lines.reduce((sum, { net, tax }) => sum + net + tax, shipping + shippingTax);
  return { currency: 'USD', left, shipping, shippingTax, lines };
}

/** The sale after a refund. */
function onceRefunded(before: RefundableSale, plan: RefundPlan): RefundableSale {
  const lineTax = plan.lines.reduce((sum, { tax }) => sum + tax, 0n);
  return {
    ...before,
    left: before.left - plan.amount,
    shipping: before.shipping - plan.shipping,
    shippingTax: before.shippingTax - (plan.tax - lineTax),
    lines: before.lines.map((each) => {
      const own = plan.lines.filter(({ lineNo }) => lineNo === each.lineNo);
      const sum = (of: (part: RefundPlan['lines'][number]) => bigint): bigint =>
        own.reduce((whole, part) => whole + of(part), 0n);
      return {
        ...each,
        refundedUnits: each.refundedUnits + own.reduce((whole, { units }) => whole + units, 0),
        refundedNet: each.refundedNet + sum((part) => part.unitPrice * BigInt(part.quantity) - part.discount),
        refundedTax: each.refundedTax + sum(({ tax }) => tax),
      };
    }),
  };
}

const pieces = (productId: string, quantity: number, asFarAsLeft = false): RefundAsk => ({
  kind: 'items',
  items: [{ productId, quantity }],
  asFarAsLeft,
});

describe('a refund of pieces', () => {
  it.each([
    // Three lamps at 10.00 less a discount of 1.00: 29.00 by thirds.
    ['one', 1, 967n],
    ['two', 2, 1_933n],
    ['all', 3, 2_900n],
  ])('is their share of what the line was charged: %s', (_, count, amount) => {
    expect(planRefund(sale([line(1, LAMP, { net: 2_900n })]), pieces(LAMP, count)).amount).toBe(amount);
  });

  it('counts the tax of the line, and leaves shipping and its tax alone', () => {
    const plan = planRefund(sale([line(1, LAMP, { tax: 600n })], 500n, 100n), pieces(LAMP, 1));
    expect(plan).toMatchObject({ amount: 1_200n, subtotal: 1_000n, discount: 0n, shipping: 0n, tax: 200n });
  });

  it('sums to the line, one piece at a time', () => {
    let left = sale([line(1, LAMP, { net: 1_000n, unitPrice: 1_000n, tax: 1n })]);
    const amounts: bigint[] = [];
    for (let piece = 0; piece < 3; piece += 1) {
      const plan = planRefund(left, pieces(LAMP, 1));
      amounts.push(plan.amount);
      left = onceRefunded(left, plan);
    }
    expect(amounts).toEqual([333n, 335n, 333n]);
    expect(left.left).toBe(0n);
  });

  it('takes a product from its second line where the first has none left', () => {
    const twice = sale([line(1, LAMP, { quantity: 1, net: 1_000n }), line(2, LAMP, { unitPrice: 900n, net: 2_700n })]);
    expect(planRefund(twice, pieces(LAMP, 2)).amount).toBe(1_900n);
  });

  it('is refused beyond what was sold and not refunded yet, naming the item', () => {
    const begun = sale([line(1, LAMP, { refundedUnits: 2 })]);
    expect(() => planRefund(begun, pieces(LAMP, 2))).toThrow(
      expect.objectContaining({
        code: 'refund_exceeds_payment',
        problems: [expect.objectContaining({ path: 'items.0.quantity', requested: 2, available: 1 })],
      }),
    );
  });

  it('is refused of what is not in the sale, and of what cost nothing', () => {
    const free = sale([line(1, LAMP, { net: 0n }), line(2, MUG)]);
    expect(() => planRefund(free, pieces('chair', 1))).toThrow(InvalidInput);
    expect(() => planRefund(free, pieces(LAMP, 1))).toThrow(InvalidInput);
  });

  it('is worth what was charged also after an amount was given back, as long as that is left', () => {
    const whole = sale([line(1, LAMP), line(2, MUG)]);
    const eased = onceRefunded(whole, planRefund(whole, { kind: 'amount', amount: 2_000n }));
    const lamps = planRefund(eased, pieces(LAMP, 3));
    expect(lamps.amount).toBe(3_000n);
    const rest = onceRefunded(eased, lamps);
    expect(() => planRefund(rest, pieces(MUG, 3))).toThrow(RefundExceedsPayment);
    expect(planRefund(rest, pieces(MUG, 3, true)).amount).toBe(1_000n);
  });
});

describe('a refund of an amount', () => {
  it('lowers the price of each line, and the shipping, by its share', () => {
    const plan = planRefund(sale([line(1, LAMP), line(2, MUG, { tax: 600n })], 400n), { kind: 'amount', amount: 700n });
    expect(plan).toEqual({
      amount: 700n,
      subtotal: 600n,
      discount: 0n,
      shipping: 40n,
      tax: 60n,
      lines: [
        { lineNo: 1, units: 0, quantity: 1, unitPrice: 300n, discount: 0n, tax: 0n },
        { lineNo: 2, units: 0, quantity: 1, unitPrice: 300n, discount: 0n, tax: 60n },
      ],
    });
  });

  it('is more than nothing, and at most what is left', () => {
    expect(() => planRefund(sale([line(1, LAMP)]), { kind: 'amount', amount: 0n })).toThrow(InvalidInput);
    expect(() => planRefund(sale([line(1, LAMP)]), { kind: 'amount', amount: 3_001n })).toThrow(RefundExceedsPayment);
  });
});

it('a refund of the rest has the lines of the sale, and is nothing where nothing is left', () => {
  const whole = sale([line(1, LAMP, { net: 2_900n, tax: 580n })], 500n, 100n);
  const plan = planRefund(whole, { kind: 'rest' });
  expect(plan).toEqual({
    amount: 4_080n,
    subtotal: 3_000n,
    discount: 100n,
    shipping: 500n,
    tax: 680n,
    lines: [{ lineNo: 1, units: 3, quantity: 3, unitPrice: 1_000n, discount: 100n, tax: 580n }],
  });
  expect(planRefund(onceRefunded(whole, plan), { kind: 'rest' }).amount).toBe(0n);
});

describe('whatever is refunded in whatever order', () => {
  const lines = fc
    .array(
      fc.record({
        unitPrice: fc.bigInt(0n, 5_000n),
        quantity: fc.integer({ min: 1, max: 7 }),
        discounted: fc.integer({ min: 0, max: 100 }),
        tax: fc.bigInt(0n, 900n),
        product: fc.constantFrom('a', 'b', 'c'),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((all) =>
      all.map(({ unitPrice, quantity, discounted, tax, product }, index) => {
        const total = unitPrice * BigInt(quantity);
        return line(index + 1, product, { unitPrice, quantity, net: total - (total * BigInt(discounted)) / 100n, tax });
      }),
    );
  const sales = fc.tuple(lines, fc.bigInt(0n, 900n), fc.bigInt(0n, 90n)).map((parts) => sale(...parts));
  const asks = fc.array(
    fc.oneof(
      fc.bigInt(1n, 9_000n).map((amount): RefundAsk => ({ kind: 'amount', amount })),
      fc
        .tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 8 }), fc.boolean())
        .map(([product, count, asFarAsLeft]): RefundAsk => pieces(product, count, asFarAsLeft)),
    ),
    { maxLength: 12 },
  );

  /** The sale after those refunds that are granted. */
  function refunded(whole: RefundableSale, wishes: readonly RefundAsk[], see: (plan: RefundPlan) => void) {
    return wishes.reduce((left, ask) => {
      try {
        const plan = planRefund(left, ask);
        see(plan);
        return onceRefunded(left, plan);
      } catch (error) {
        if (error instanceof RefundExceedsPayment || error instanceof InvalidInput) return left;
        throw error;
      }
    }, whole);
  }

  it('no part goes below nothing, and every refund adds up', () => {
    fc.assert(
      fc.property(sales, asks, (whole, wishes) => {
        const left = refunded(whole, wishes, (plan) => {
          const { amount, subtotal, discount, shipping, tax, lines: planned } = plan;
          expect(amount).toBe(subtotal - discount + shipping + tax);
          for (const part of planned) {
            const total = part.unitPrice * BigInt(part.quantity);
            expect(part.discount >= 0n && part.discount <= total && part.tax >= 0n).toBe(true);
          }
          const units = planned.filter((part) => part.units > 0).map(({ lineNo }) => lineNo);
          expect(new Set(units).size).toBe(units.length);
        });
        const parts = left.lines.map((each) => [each.net - each.refundedNet, each.tax - each.refundedTax]);
        const all = [...parts.flat(), left.shipping, left.shippingTax];
        expect(all.every((part) => part >= 0n)).toBe(true);
        expect(all.reduce((sum, part) => sum + part, 0n)).toBe(left.left);
        expect(left.lines.every((each) => each.refundedUnits <= each.quantity)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('the refunds sum to what was paid, to the cent, once the rest is refunded', () => {
    fc.assert(
      fc.property(sales, asks, (whole, wishes) => {
        let sum = 0n;
        const left = refunded(whole, [...wishes, { kind: 'rest' }], ({ amount }) => {
          sum += amount;
        });
        expect(sum).toBe(whole.left);
        expect(left.left).toBe(0n);
        expect(left.lines.map(({ refundedNet, refundedTax }) => [refundedNet, refundedTax])).toEqual(
          whole.lines.map(({ net, tax }) => [net, tax]),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('pieces alone sum to their lines, to the cent, however they are cut', () => {
    fc.assert(
      fc.property(lines, fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 105, maxLength: 105 }), (all, steps) => {
        let left = sale(all);
        const known = [...new Set(all.map(({ productId }) => productId))];
        for (const [index, count] of steps.entries()) {
          left = onceRefunded(left, planRefund(left, pieces(known[index % known.length] ?? 'a', count, true)));
        }
        expect(left.left).toBe(0n);
      }),
      { numRuns: 200 },
    );
  });
});
