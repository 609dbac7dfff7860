import fc from 'fast-check';
import { fromStripeAmount, toStripeAmount } from './stripe-money.js';

// https://docs.stripe.com/currencies
it.each([
  ['USD', 2_999n, 2_999],
  ['JPY', 500n, 500],
  ['VND', 120_000n, 120_000],
  ['ISK', 5n, 500],
  ['UGX', 5n, 500],
  ['MGA', 12_300n, 123],
  ['MGA', 12_350n, undefined],
  ['KWD', 5_120n, 5_120],
  ['KWD', 5_124n, undefined],
  ['HUF', 1_000n, 1_000],
  ['USD', 10n ** 18n, undefined],
] as const)('%s: %s minor units are %s of Stripe’s', (currency, minor, units) => {
  expect(toStripeAmount(minor, currency)).toBe(units);
});

it('what Stripe takes exactly is told back as the same amount', () => {
  const currency = fc.constantFrom('USD', 'EUR', 'JPY', 'KWD', 'BHD', 'ISK', 'UGX', 'MGA', 'HUF', 'XAF');
  fc.assert(
    fc.property(currency, fc.bigInt({ min: 0n, max: 10n ** 12n }), (code, minor) => {
      const units = toStripeAmount(minor, code);
      if (units !== undefined) expect(fromStripeAmount(units, code)).toBe(minor);
    }),
  );
});
