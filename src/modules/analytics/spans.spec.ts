import { before, daysOf, monthsOf, slotsOf } from './spans.js';

const span = (from: string, to: string) => ({ from: new Date(from), to: new Date(to) });
const shown = ({ from, to, empty }: ReturnType<typeof daysOf>) =>
  empty ? 'nothing' : `${from.toISOString()} ${to.toISOString()}`;

describe('what sums cover of a period', () => {
  it.each([
    [slotsOf, '2026-03-01T10:07:00Z', '2026-03-01T11:07:00Z', '2026-03-01T10:15:00.000Z 2026-03-01T11:00:00.000Z'],
    [slotsOf, '2026-03-01T10:07:00Z', '2026-03-01T10:14:00Z', 'nothing'],
    [daysOf, '2026-03-01T00:00:00Z', '2026-03-03T00:00:00Z', '2026-03-01T00:00:00.000Z 2026-03-03T00:00:00.000Z'],
    [daysOf, '2026-03-01T00:00:00.001Z', '2026-03-03T00:00:00Z', '2026-03-02T00:00:00.000Z 2026-03-03T00:00:00.000Z'],
    [daysOf, '2026-03-01T12:00:00Z', '2026-03-02T12:00:00Z', 'nothing'],
    [monthsOf, '2025-12-01T00:00:00Z', '2026-03-31T00:00:00Z', '2025-12-01T00:00:00.000Z 2026-03-01T00:00:00.000Z'],
    [monthsOf, '2025-12-02T00:00:00Z', '2026-01-31T00:00:00Z', 'nothing'],
    [monthsOf, '2025-12-31T00:00:00Z', '2026-02-01T00:00:00Z', '2026-01-01T00:00:00.000Z 2026-02-01T00:00:00.000Z'],
  ])('%p from %s to %s', (of, from, to, expected) => {
    expect(shown(of(span(from, to)))).toBe(expected);
  });

  it('goes as far back as a period is long', () => {
    expect(before(span('2026-03-02T00:00:00Z', '2026-03-05T00:00:00Z'))).toEqual(
      span('2026-02-27T00:00:00Z', '2026-03-02T00:00:00Z'),
    );
  });
});
