import { InvalidInput } from '../../common/domain-error.js';
import { startOfDay } from '../../common/time-zones.js';
import type { Span } from './spans.js';

/** Days that a period may have. */
const LONGEST_DAYS = 3_660;
const DAYS_WITHOUT_FROM = 30;

/**
 * The period that a question is about.
 * @throws {InvalidInput} where it ends before it begins, or is longer than ten years
 */
export function periodOf(
  asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  zone: string,
  now: Date,
): Span {
  const to = asked.to === undefined ? startOfDay(zone, now, 1) : new Date(asked.to);
  const from = asked.from === undefined ? startOfDay(zone, to, -DAYS_WITHOUT_FROM) : new Date(asked.from);
  if (to <= from) throw InvalidInput.field('to', 'must be after from');
  if (to.getTime() - from.getTime() > LONGEST_DAYS * 86_400_000) {
    throw InvalidInput.field('to', `must be at most ${LONGEST_DAYS} days after from`);
  }
  return { from, to };
}
