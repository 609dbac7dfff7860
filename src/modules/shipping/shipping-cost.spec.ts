import type { Tariff } from './shipping.events.js';
import { costOf, optionsFor, parcelOf, preferredOf } from './shipping-cost.js';

const tariff = (more: Partial<Tariff> = {}): Tariff => ({
  ...{ code: 'post', name: 'Post', kind: 'flat', price: '490', brackets: null, freeAbove: null, taxCategory: null },
  ...more,
});
const stepped = (kind: 'by_weight' | 'by_total', ...steps: readonly (readonly [string | null, string])[]): Tariff =>
  tariff({ kind, price: null, brackets: steps.map(([upTo, price]) => ({ upTo, price })) });

test('a parcel weighs what its pieces weigh, those of unknown weight nothing', () => {
  const lines = [
    { unitPrice: 1_000n, quantity: 3, weight: 350 },
    { unitPrice: 5n, quantity: 2, weight: null },
  ];
  expect(parcelOf(lines)).toEqual({ weight: 1_050n, total: 3_010n });
  expect(parcelOf([])).toEqual({ weight: 0n, total: 0n });
});

test.each<[string, Tariff, bigint, bigint, bigint | undefined]>([
  ['flat', tariff(), 9_999n, 1n, 490n],
  ['flat and free', tariff({ freeAbove: '5000' }), 0n, 5_000n, 0n],
  ['flat and not yet free', tariff({ freeAbove: '5000' }), 0n, 4_999n, 490n],
  ['by weight, at the limit', stepped('by_weight', ['1000', '300'], ['5000', '700']), 1_000n, 0n, 300n],
  ['by weight, a gram above', stepped('by_weight', ['1000', '300'], ['5000', '700']), 1_001n, 0n, 700n],
  ['by weight, too heavy', stepped('by_weight', ['1000', '300'], ['5000', '700']), 5_001n, 0n, undefined],
  ['by weight, without end', stepped('by_weight', ['1000', '300'], [null, '900']), 999_999n, 0n, 900n],
  ['by total', stepped('by_total', ['2000', '500'], [null, '0']), 9n, 2_000n, 500n],
  ['by total, a cent above', stepped('by_total', ['2000', '500'], [null, '0']), 9n, 2_001n, 0n],
  ['too heavy though it would be free', { ...stepped('by_weight', ['1', '3']), freeAbove: '1' }, 2n, 1n, undefined],
])('%s', (_, given, weight, total, expected) => {
  expect(costOf(given, { weight, total })).toBe(expected);
});

test('of the ways to send something, the preferred one is taken if it is there, and the first otherwise', () => {
  const heavy = { ...stepped('by_weight', ['10', '1']), code: 'letter' };
  const options = optionsFor([heavy, tariff(), tariff({ code: 'courier', price: '1500' })], { weight: 11n, total: 0n });
  expect(options.map(({ code }) => code)).toEqual(['post', 'courier']);
  expect(preferredOf(options, 'courier')?.price).toBe(1_500n);
  expect(preferredOf(options, 'letter')?.code).toBe('post');
  expect(preferredOf([], 'post')).toBeUndefined();
});
