import { pricingAt, type SalePrice } from './sale-price.js';

const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour));
const sale = (from: number | null, to: number | null): SalePrice => ({
  price: 700n,
  from: from === null ? null : at(from),
  to: to === null ? null : at(to),
});

test.each([
  ['none', null, 5, 1_000n, null, null],
  ['one that begins later', sale(6, 9), 5, 1_000n, null, at(6)],
  ['one that begins now', sale(5, 9), 5, 700n, 1_000n, at(9)],
  ['one in its period', sale(1, 9), 5, 700n, 1_000n, at(9)],
  ['one that ends now', sale(1, 5), 5, 1_000n, null, null],
  ['one without a beginning', sale(null, 9), 5, 700n, 1_000n, at(9)],
  ['one without an end', sale(1, null), 5, 700n, 1_000n, null],
  ['one without either', sale(null, null), 5, 700n, 1_000n, null],
])('with %s', (_, given, hour, price, regularPrice, nextPriceChangeAt) => {
  expect(pricingAt(1_000n, given, at(hour))).toMatchObject({ price, regularPrice, nextPriceChangeAt });
});

test('a sale price whose period is over is forgotten', () => {
  const { salePrice, saleFrom, saleTo } = pricingAt(1_000n, sale(1, 5), at(6));
  expect([salePrice, saleFrom, saleTo]).toEqual([null, null, null]);
});
