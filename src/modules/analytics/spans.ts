/** Milliseconds of a slot: the offsets of all time zones in use are whole quarters of an hour. */
export const SLOT_MS = 900_000;
const DAY_MS = 86_400_000;

/** A time from `from` up to but without `to`. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** What of a period is made of whole units, which sums are kept of; empty, at its end, where it has none. */
export interface Covered extends Span {
  readonly empty: boolean;
}

function covered(from: number, to: number, end: Date): Covered {
  if (from >= to) return { from: end, to: end, empty: true };
  return { from: new Date(from), to: new Date(to), empty: false };
}

const unitsOf = (span: Span, ms: number): Covered =>
  covered(Math.ceil(span.from.getTime() / ms) * ms, Math.floor(span.to.getTime() / ms) * ms, span.to);

/** The whole quarters of an hour of a period. */
export function slotsOf(span: Span): Covered {
  return unitsOf(span, SLOT_MS);
}

/** The whole days of a period, in UTC. */
export function daysOf(span: Span): Covered {
  return unitsOf(span, DAY_MS);
}

/** The whole months of a period, in UTC. */
export function monthsOf({ from, to }: Span): Covered {
  const start = Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), 1);
  const next = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1);
  const last = Date.UTC(to.getUTCFullYear(), to.getUTCMonth(), 1);
  return covered(start === from.getTime() ? start : next, last, to);
}

/** The period of the same length that ends where one begins. */
export function before({ from, to }: Span): Span {
  return { from: new Date(2 * from.getTime() - to.getTime()), to: from };
}
