import fc from 'fast-check';
import { formatPercent } from '../../common/percent.js';
import { vatIdOf, withTaxRates } from './invoice-taxes.js';

const rates = (amounts: readonly (readonly [amount: bigint, tax: bigint])[], taxId: string | null = null): string[] =>
  withTaxRates(
    amounts.map(([amount, tax]) => ({ amount, tax })),
    taxId,
  ).map(({ taxed: { category, rate } }) => `${category} ${formatPercent(rate)}`);

describe('the rates of an invoice', () => {
  it.each([
    [
      'one rate for all where one explains them',
      [
        [1_000n, 190n],
        [999n, 190n],
        [3n, 1n],
      ],
      ['S 19', 'S 19', 'S 19'],
    ],
    [
      'as many decimals as they need',
      [
        [100_000n, 8_875n],
        [1n, 0n],
      ],
      ['S 8.875', 'Z 0'],
    ],
    [
      'several where one cannot be',
      [
        [1_000n, 190n],
        [1_000n, 70n],
      ],
      ['S 19', 'S 7'],
    ],
    [
      'zero-rated beside others',
      [
        [1_000n, 200n],
        [500n, 0n],
      ],
      ['S 20', 'Z 0'],
    ],
    ['outside VAT without a registration', [[1_000n, 0n]], ['O 0']],
  ] as const)('are %s', (_, amounts, expected) => {
    expect(rates(amounts)).toEqual(expected);
  });

  it('are zero where a seller who is registered for VAT charges none', () => {
    expect(rates([[1_000n, 0n]], 'DE 123 456 789')).toEqual(['Z 0']);
    expect(rates([[1_000n, 0n]], '12-3456789')).toEqual(['O 0']);
  });

  it('are those that were kept, whatever the amounts would tell', () => {
    const kept = [
      { amount: 3n, tax: 0n, rate: 190_000n },
      { amount: 100n, tax: 20n, rate: 200_000n },
      { amount: 100n, tax: 0n, rate: 0n },
    ];
    const told = withTaxRates(kept, null).map(({ taxed: { category, rate } }) => `${category} ${formatPercent(rate)}`);
    expect(told).toEqual(['S 19', 'S 20', 'Z 0']);
  });

  it('are found again, however the taxes of the lines were rounded', () => {
    const amounts = fc.array(fc.bigInt({ min: 0n, max: 10_000n }), { maxLength: 10 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), amounts, (percent, others) => {
        // One large enough to tell the rate by.
        const taxed = [100_000n, ...others].map((amount) => [amount, (amount * BigInt(percent) + 50n) / 100n] as const);
        expect(new Set(rates(taxed.filter(([, tax]) => tax > 0n)))).toEqual(new Set([`S ${percent}`]));
      }),
    );
  });
});

it.each([
  ['DE123456789', 'DE123456789'],
  ['at u12345678', 'ATU12345678'],
  ['GB 123 4567 89', 'GB123456789'],
  ['IE1234567+A', 'IE1234567+A'],
  ['12-3456789', undefined],
  ['T1234567890123', undefined],
  ['HRB', undefined],
  [null, undefined],
])('reads %s as the identifier for VAT %s', (taxId, expected) => {
  expect(vatIdOf(taxId)).toBe(expected);
});
