import fc from 'fast-check';
import { formatPercent, parsePercent } from './percent.js';

test.each([
  ['20', 200_000],
  [5.5, 55_000],
  ['8.875', 88_750],
  ['0.0001', 1],
  ['0', 0],
  ['100', 1_000_000],
  ['100.0001', undefined],
  ['-1', undefined],
  ['1e1', undefined],
  ['20 %', undefined],
  ['0.00001', undefined],
  ['', undefined],
])('%j is %j', (given, expected) => {
  expect(parsePercent(given)).toBe(expected);
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), (rate) => expect(parsePercent(formatPercent(rate))).toBe(rate)),
  );
});
