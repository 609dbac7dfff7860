import { isTimeZone, startOfDay } from './time-zones.js';

describe('time zones', () => {
  it.each(['UTC', 'Europe/London', 'america/new_york', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires'])(
    'knows %s',
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );

  it.each(['', '+05:30', 'Mars/Olympus', 'Europe/London; DROP', 7, null])('knows no %p', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });

  it.each([
    ['UTC', '2026-03-01T10:00:00Z', 0, '2026-03-01T00:00:00.000Z'],
    ['Europe/London', '2026-06-30T23:30:00Z', 0, '2026-06-30T23:00:00.000Z'],
    ['Europe/London', '2026-03-29T12:00:00Z', 0, '2026-03-29T00:00:00.000Z'],
    ['Europe/London', '2026-03-29T12:00:00Z', 1, '2026-03-29T23:00:00.000Z'],
    ['America/New_York', '2026-01-01T03:00:00Z', -30, '2025-12-01T05:00:00.000Z'],
    ['Asia/Kathmandu', '2026-01-01T18:15:00Z', 0, '2026-01-01T18:15:00.000Z'],
  ])('in %s the day of %s, moved by %i, begins at %s', (zone, moment, days, expected) => {
    expect(startOfDay(zone, new Date(moment), days).toISOString()).toBe(expected);
  });
});
