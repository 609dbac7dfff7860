import fc from 'fast-check';
import { MAX_AMOUNT } from '../../common/money.js';
import { cartTotals, lineTotal } from './cart-totals.js';

const line = fc.record({
  unitPrice: fc.bigInt({ min: 0n, max: MAX_AMOUNT }),
  quantity: fc.integer({ min: 1, max: 999 }),
});

describe('cartTotals', () => {
  it('is all zero for an empty cart', () => {
    expect(cartTotals([])).toEqual({ subtotal: 0n, discount: 0n, shipping: 0n, tax: 0n, total: 0n, itemCount: 0 });
  });

  it('counts pieces and sums line totals', () => {
    const totals = cartTotals([
      { unitPrice: 2_999n, quantity: 3 },
      { unitPrice: 1n, quantity: 999 },
    ]);
    expect(totals).toMatchObject({ subtotal: 9_996n, total: 9_996n, itemCount: 1_002 });
  });

  it('adds up for every cart', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 500 }), (lines) => {
        const totals = cartTotals(lines);
        expect(totals.subtotal).toBe(lines.reduce((sum, each) => sum + lineTotal(each), 0n));
        expect(totals.total).toBe(totals.subtotal - totals.discount + totals.shipping + totals.tax);
        expect(totals.itemCount).toBe(lines.reduce((sum, each) => sum + each.quantity, 0));
      }),
    );
  });

  it('does not depend on the order of the lines, nor on how pieces are spread over them', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const pieces = lines.flatMap(({ unitPrice, quantity }) =>
          quantity > 1
            ? [
                { unitPrice, quantity: quantity - 1 },
                { unitPrice, quantity: 1 },
              ]
            : [{ unitPrice, quantity }],
        );
        expect(cartTotals([...pieces].reverse())).toEqual(cartTotals(lines));
      }),
    );
  });

  it('stays within a PostgreSQL bigint for the dearest cart there can be', () => {
    const dearest = Array.from({ length: 500 }, () => ({ unitPrice: MAX_AMOUNT, quantity: 999 }));
    expect(cartTotals(dearest).total).toBeLessThan(2n ** 63n);
  });
});
