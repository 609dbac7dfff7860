import { rateOf, regionKey } from './tax-table.js';
import type { RateIn } from './taxes.events.js';

const RATES: readonly RateIn[] = [
  { region: '', category: 'standard', rate: 200_000 },
  { region: '', category: 'books', rate: 55_000 },
  { region: 'corse', category: 'standard', rate: 100_000 },
  { region: 'corse', category: 'wine', rate: 21_000 },
];

test.each<[string | null, string | null, bigint]>([
  [null, null, 200_000n],
  [null, 'standard', 200_000n],
  [null, 'books', 55_000n],
  [null, 'wine', 200_000n],
  [' CORSE ', 'wine', 21_000n],
  ['Corse', 'standard', 100_000n],
  ['Corse', 'books', 55_000n],
  ['Corse', 'toys', 100_000n],
  ['Bretagne', 'books', 55_000n],
])('in region %j, category %j has %d millionths', (region, category, expected) => {
  expect(rateOf(RATES, region, category)).toBe(expected);
});

test('a country without rates taxes nothing', () => {
  expect(rateOf(null, 'Corse', 'books')).toBe(0n);
  expect(rateOf([{ region: 'corse', category: 'books', rate: 1 }], null, 'books')).toBe(0n);
});

test('regions are compared as people write them', () => {
  expect(regionKey(' Île-de-France\t')).toBe(regionKey('ÎLE-DE-FRANCE'));
  expect(regionKey('New  York')).toBe('new york');
});
