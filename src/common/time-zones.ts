// Intl takes offsets such as +05:30 for zones; PostgreSQL reads those the other way round.
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/;

/** Whether a text is the IANA name of a time zone. */
export function isTimeZone(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 64 || !NAME.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds that a zone is ahead of UTC at a moment. */
function offsetAt(zone: string, moment: number): number {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment / 1_000) * 1_000;
}

/** When the day begins in a zone that is `days` after that of a moment. */
export function startOfDay(zone: string, moment: Date, days = 0): Date {
  const local = new Date(moment.getTime() + offsetAt(zone, moment.getTime()));
  const midnight = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate() + days);
  // The offset of that time itself; where clocks are put forward at midnight, the day begins after the gap.
  const guess = midnight - offsetAt(zone, midnight);
  return new Date(midnight - offsetAt(zone, guess));
}
