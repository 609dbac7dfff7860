import { after, isDuration } from './duration.js';

it.each([
  ['PT16M', '2026-01-31T10:00:00.000Z', '2026-01-31T10:16:00.000Z'],
  ['P1DT12H', '2026-01-31T10:00:00.000Z', '2026-02-01T22:00:00.000Z'],
  ['P1M', '2026-01-31T10:00:00.000Z', '2026-02-28T10:00:00.000Z'],
  ['P1Y', '2028-02-29T10:00:00.000Z', '2029-02-28T10:00:00.000Z'],
  ['P2W', '2026-12-24T00:00:00.000Z', '2027-01-07T00:00:00.000Z'],
  ['-PT0.5S', '2026-01-01T00:00:00.000Z', '2025-12-31T23:59:59.500Z'],
  ['-P1M', '2026-03-31T00:00:00.000Z', '2026-02-28T00:00:00.000Z'],
  ['PT0S', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
])('%s after %s is %s', (duration, start, end) => {
  expect(isDuration(duration)).toBe(true);
  expect(after(new Date(start), duration).toISOString()).toBe(end);
});

it.each(['', 'P', 'PT', 'P1', '1D', 'P1DT', 'PT1D', 'P1.5D', 'P-1D', `P${'9'.repeat(70)}D`])(
  '"%s" is no duration',
  (text) => {
    expect(isDuration(text)).toBe(false);
  },
);
