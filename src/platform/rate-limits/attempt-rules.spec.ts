import { FORGET_MS, lockAfter } from './attempt-rules.js';

const MINUTE = 60_000;

it('locks from the last allowed failure on, twice as long each time, up to a quarter of an hour', () => {
  const minutes = Array.from({ length: 9 }, (_, i) => lockAfter(i + 7, 10) / MINUTE);
  expect(minutes).toEqual([0, 0, 0, 1, 2, 4, 8, 15, 15]);
  expect(lockAfter(5_000, 10)).toBe(15 * MINUTE);
});

it('remembers failures for longer than it locks', () => {
  expect(FORGET_MS).toBeGreaterThan(lockAfter(1_000, 1));
});
