/** Milliseconds that the first lock lasts; each further failure doubles it. */
const FIRST_LOCK_MS = 60_000;
const LONGEST_LOCK_MS = 15 * 60_000;

/** Failures are forgotten after so long without another; longer than any lock. */
export const FORGET_MS = 60 * 60_000;

/** How long a subject is locked after a failure, in milliseconds; 0 while it has failures to spare. */
export function lockAfter(failures: number, allowed: number): number {
  if (failures < allowed) return 0;
  return Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** Math.min(failures - allowed, 10));
}
