import { FixedWindows } from './fixed-windows.js';

const policy = { name: 'write', limit: 2, windowSeconds: 60 };
const at = 1_700_000_000_000;

it('counts from the first request of a window until its end, and anew after it', () => {
  const windows = new FixedWindows(10);
  const used = [0, 1, 59_999, 60_000, 60_001].map((later) => windows.take('a', policy, at + later).used);
  expect(used).toEqual([1, 2, 3, 1, 2]);
  expect(windows.take('a', policy, at + 60_002).endsAt).toBe(at + 120_000);
});

it('begins anew where the clock was set back, rather than count for hours', () => {
  const windows = new FixedWindows(10);
  windows.take('a', policy, at);
  expect(windows.take('a', policy, at - 3_600_000)).toEqual({ used: 1, endsAt: at - 3_540_000 });
});

it('keeps no more keys than it may, and lets go of those that have ended', () => {
  const windows = new FixedWindows(100);
  for (let i = 0; i < 1_000; i += 1) windows.take(`key ${i}`, policy, at);
  expect(windows.size).toBe(100);
  expect(windows.take('key 999', policy, at).used).toBe(2);
  for (let i = 0; i < 100; i += 1) windows.take(`later ${i}`, policy, at + 60_000 + i * 1_000);
  expect(windows.size).toBeLessThan(65);
});
