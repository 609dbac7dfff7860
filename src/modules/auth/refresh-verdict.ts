/** A refresh token that was spent before, and is presented again. Moments are microseconds since the epoch. */
export interface PresentedAgain {
  readonly spentAt: number;
  /** Whether other requests with it were seen to run beside the one that spent it, or beside each other. */
  readonly raced: boolean;
  /** Whether another request with it is under way in this process. */
  readonly besideOthers: boolean;
  /** Whether the token that it was exchanged for is as it was handed out, neither spent nor revoked. */
  readonly successorUnused: boolean;
  /** When the answer with that token was seen not to arrive. */
  readonly lostAt: number | undefined;
  /** Whether this request was held for a while already, in which others might have come. */
  readonly waited: boolean;
}

/**
 * - `replace`: the client never got its answer; the successor is void, another takes its place.
 * - `refuse`: one of several requests at once; another of them has the successor, which stays as it is.
 * - `wait`: may yet turn out to be one of several.
 * - `reuse`: the client has the successor, so somebody else has the token; the family is revoked.
 */
export type Verdict = 'replace' | 'refuse' | 'wait' | 'reuse';

/** What to make of a spent refresh token (docs/decisions/0006-refresh-grace.md; RFC 9700, section 4.14.2). */
export function judge(token: PresentedAgain, now: number, graceSeconds: number): Verdict {
  const isRecent = (moment: number): boolean => now - moment <= graceSeconds * 1_000_000;
  if (!token.successorUnused) return 'reuse';
  if (token.lostAt !== undefined && isRecent(token.lostAt)) return 'replace';
  if (!isRecent(token.spentAt)) return 'reuse';
  if (token.raced || token.besideOthers) return 'refuse';
  return token.waited ? 'reuse' : 'wait';
}
