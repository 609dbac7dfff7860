import fc from 'fast-check';
import { guardCell, unguardCell } from '../../../platform/files/csv-cells.js';
import { formatPath, parsePath } from './category-path.js';

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', "'=1", "''@x"])(
  '%j is no formula in a spreadsheet',
  (text) => {
    const cell = guardCell(text);
    expect(cell).toBe(`'${text}`);
    expect(unguardCell(cell)).toBe(text);
  },
);

test.each(['', 'Mug', "'", "'t Veld", "O'Neill", '1=1'])('%j stays as it is', (text) => {
  expect(guardCell(text)).toBe(text);
  expect(unguardCell(text)).toBe(text);
});

test('every text comes back from behind its guard', () => {
  const text = fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', 'a', '"') });
  fc.assert(fc.property(text, (given) => unguardCell(guardCell(given)) === given));
});

test('every path of categories comes back, whatever their names hold', () => {
  const name = fc.string({ unit: fc.constantFrom('>', '\\', ' ', 'a', 'é'), minLength: 1, maxLength: 8 });
  const named = name.map((text) => text.trim()).filter((text) => text !== '');
  fc.assert(
    fc.property(fc.array(named, { minLength: 1, maxLength: 6 }), (names) => {
      expect(parsePath(formatPath(names))).toEqual(names);
    }),
    { numRuns: 500 },
  );
});
