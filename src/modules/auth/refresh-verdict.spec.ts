import fc from 'fast-check';
import { judge, type PresentedAgain } from './refresh-verdict.js';

const SECOND = 1_000_000;
const spent: PresentedAgain = {
  spentAt: 0,
  raced: false,
  besideOthers: false,
  successorUnused: true,
  lostAt: undefined,
  waited: false,
};

describe('a spent refresh token that comes again', () => {
  it.each<[string, Partial<PresentedAgain>, number, string]>([
    ['alone is held for others that may come', {}, 1, 'wait'],
    ['alone is a reuse when none came', { waited: true }, 1, 'reuse'],
    ['beside others is one of a burst', { besideOthers: true }, 1, 'refuse'],
    ['after a race is a straggler of it', { raced: true }, 1, 'refuse'],
    ['after a race is a straggler to the end of the grace', { raced: true }, 10, 'refuse'],
    ['long after a race is a reuse', { raced: true }, 11, 'reuse'],
    ['beside others, but late, is a reuse', { besideOthers: true }, 11, 'reuse'],
    ['when its successor was used is a reuse, race or not', { raced: true, successorUnused: false }, 1, 'reuse'],
    ['when its successor was used is a reuse, lost or not', { lostAt: 0, successorUnused: false }, 1, 'reuse'],
    ['when its answer was lost gets another', { lostAt: 0 }, 1, 'replace'],
    ['when its answer was lost late gets another', { lostAt: 20 * SECOND }, 30, 'replace'],
    ['long after its answer was lost is a reuse', { lostAt: 20 * SECOND }, 31, 'reuse'],
  ])('%s', (_, change, seconds, verdict) => {
    expect(judge({ ...spent, ...change }, seconds * SECOND, 10)).toBe(verdict);
  });

  const presented = fc.record({
    spentAt: fc.integer({ min: 0, max: 100 * SECOND }),
    raced: fc.boolean(),
    besideOthers: fc.boolean(),
    successorUnused: fc.boolean(),
    lostAt: fc.option(fc.integer({ min: 0, max: 100 * SECOND }), { nil: undefined }),
    waited: fc.boolean(),
  });

  it('takes nothing from whoever has used the successor', () => {
    fc.assert(
      fc.property(presented, fc.integer({ max: 200 * SECOND }), (token, now) => {
        if (!token.successorUnused) expect(judge(token, now, 10)).toBe('reuse');
        if (token.lostAt === undefined) expect(judge(token, now, 10)).not.toBe('replace');
      }),
    );
  });

  it('is held once at most', () => {
    fc.assert(
      fc.property(presented, fc.integer({ max: 200 * SECOND }), (token, now) => {
        expect(judge({ ...token, waited: true }, now, 10)).not.toBe('wait');
      }),
    );
  });
});
