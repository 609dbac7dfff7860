import fc from 'fast-check';
import { keySetSeconds, scheduleKeys } from './key-schedule.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const TIMES = { publishSeconds: 300, tokenSeconds: 3_600 };
const key = (name: string, seconds: number) => ({ name, addedAt: new Date(START + seconds * 1_000) });
const names = (keys: readonly { readonly name: string }[]): string => keys.map(({ name }) => name).join(' ');

describe('the schedule of keys', () => {
  const [a, b, c] = [key('a', 0), key('b', 10_000), key('c', 20_000)];

  it.each([
    ['a first key signs from the moment that it is there', [a], 0, 'a', 'a', ''],
    ['a first key signs though its name lies in the future', [a], -100, 'a', 'a', ''],
    ['a new key is published before it signs', [a, b], 10_000, 'a', 'a b', ''],
    ['a new key does not sign a second too early', [a, b], 10_299, 'a', 'a b', ''],
    ['a new key signs when it has been published for long enough', [a, b], 10_300, 'b', 'a b', ''],
    ['an old key stays until its last token has expired, and a minute', [a, b], 13_959, 'b', 'a b', ''],
    ['an old key then is retired', [a, b], 13_960, 'b', 'b', 'a'],
    ['several keys may be retired', [a, b, c], 30_000, 'c', 'c', 'a b'],
    ['a key is retired while the next one is still only published', [a, b, c], 20_000, 'b', 'b c', 'a'],
    ['the order of the files does not matter', [c, b, a], 20_000, 'b', 'b c', 'a'],
    ['what is left signs at once where the others were taken away', [c], 0, 'c', 'c', ''],
    ['keys of one moment go by their names', [key('z', 0), key('y', 0)], 300, 'z', 'y z', ''],
  ])('%s', (_, keys, seconds, signing, published, retired) => {
    const schedule = scheduleKeys(keys, new Date(START + seconds * 1_000), TIMES);
    expect([schedule.signing.name, names(schedule.published), names(schedule.retired)]).toEqual([
      signing,
      published,
      retired,
    ]);
  });

  it('tells when a published key will sign', () => {
    const { upcoming } = scheduleKeys([a, b], b.addedAt, TIMES);
    expect(upcoming).toEqual([{ key: b, signsFrom: new Date(START + 10_300_000) }]);
  });

  it('wants a key', () => {
    expect(() => scheduleKeys([], new Date(), TIMES)).toThrow(RangeError);
  });

  it('never lets a verifier with a cached key set meet a key that it does not have', () => {
    const second = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(
        fc.array(second, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 0, max: 900 }),
        second,
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 0, max: 3_599 }),
        (added, publishSeconds, fetched, age, tokenAge) => {
          const times = { publishSeconds, tokenSeconds: 3_600 };
          const all = [key('0', -100_000), ...added.map((seconds, index) => key(String(index + 1), seconds))];
          const present = (seconds: number) =>
            all.filter(({ addedAt }) => addedAt.getTime() <= START + seconds * 1_000);
          const on = (seconds: number) => scheduleKeys(present(seconds), new Date(START + seconds * 1_000), times);
          const copy = on(fetched).published;
          const cached = Math.min(age, keySetSeconds(publishSeconds));
          // Signed while the copy is used, or before and still valid.
          for (const signed of [fetched + cached, fetched - tokenAge]) {
            expect(names(copy).split(' ')).toContain(on(signed).signing.name);
          }
        },
      ),
    );
  });
});
