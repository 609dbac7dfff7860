const ISO_8601 =
  /^(-)?P(?=[\dT])(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d{1,3})?)S)?)?$/;

const LONGEST_TEXT = 60;

/** Whether a text is a duration of ISO 8601 such as `P1M`, `-PT90S` or `P1DT12H`; a fraction stands in seconds alone. */
export function isDuration(text: string): boolean {
  return text.length <= LONGEST_TEXT && ISO_8601.test(text);
}

/**
 * The moment that lies a duration after another one. Years and months are those of the calendar in UTC, and a day that
 * a month does not have is its last one; a day has 24 hours.
 * @returns an invalid date where it lies beyond what dates can tell
 */
export function after(start: Date, duration: string): Date {
  const [, minus, ...parts] = ISO_8601.exec(duration) ?? [];
  const sign = minus === undefined ? 1 : -1;
  const part = (index: number): number => sign * Number((parts[index] ?? '0').replace(',', '.'));
  const months = 12 * part(0) + part(1);
  const days = 7 * part(2) + part(3);
  const seconds = 3_600 * part(4) + 60 * part(5) + part(6);
  const moment = new Date(start);
  const day = moment.getUTCDate();
  moment.setUTCMonth(moment.getUTCMonth() + months);
  if (moment.getUTCDate() !== day) moment.setUTCDate(0);
  return new Date(moment.getTime() + 86_400_000 * days + Math.round(1_000 * seconds));
}
