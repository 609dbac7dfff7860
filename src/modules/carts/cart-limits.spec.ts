import { InvalidInput } from '../../common/domain-error.js';
import { refusalOf } from './cart-limits.js';
import { CartFull, InsufficientStock } from './carts.errors.js';

const line = { productId: '0190f5fe-7c00-7000-8000-000000000001', wanted: 1, stock: 10, otherLines: 0 };

describe('refusalOf', () => {
  it.each([{}, { wanted: 10 }, { wanted: 999, stock: 999 }, { otherLines: 499 }])('lets %j pass', (change) => {
    expect(refusalOf({ ...line, ...change })).toBeUndefined();
  });

  it('refuses more than the stock, and says how much there is', () => {
    const refusal = refusalOf({ ...line, wanted: 11 });
    expect(refusal).toBeInstanceOf(InsufficientStock);
    expect(refusal?.problems).toEqual([
      { path: 'quantity', message: '11 are wanted and 10 are in stock', productId: line.productId, available: 10 },
    ]);
  });

  it('names the quantity first where it passes both the limit of a line and the stock', () => {
    const refusal = refusalOf({ ...line, wanted: 1_000 });
    expect(refusal).toBeInstanceOf(InvalidInput);
    expect(refusal?.problems[0]?.path).toBe('quantity');
  });

  it('refuses another line in a full cart', () => {
    expect(refusalOf({ ...line, otherLines: 500 })).toBeInstanceOf(CartFull);
  });
});
