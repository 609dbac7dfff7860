import { isUuid, newId } from './ids.js';

it('makes UUIDs of version 7 that differ and sort as they were made, however many a millisecond', () => {
  const now = Date.now();
  const ids = Array.from({ length: 10_000 }, () => newId(now));
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
  expect(ids.filter((id) => !isUuid(id) || !/^.{14}7.{4}[89ab]/.test(id))).toEqual([]);
  expect(
    Number.parseInt(
      newId(now + 10_000)
        .replace('-', '')
        .slice(0, 12),
      16,
    ),
  ).toBe(now + 10_000);
});

it('takes every variant, and random digits that differ, from what it drew', () => {
  const ids = Array.from({ length: 2_000 }, () => newId());
  expect(new Set(ids.map((id) => id[19])).size).toBe(4);
  expect(new Set(ids.map((id) => id.slice(20))).size).toBe(ids.length);
});
