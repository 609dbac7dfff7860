import type { Change } from './change.js';
import { RecentChanges } from './recent-changes.js';

const change = (id: string, version: number): Change => ({ kind: 'stock', id, version });

it('gives what was told of a product once, in its order', () => {
  const recent = new RecentChanges(() => 0);
  recent.note([change('a', 1), change('b', 1), change('a', 2), { kind: 'catalogue' }]);
  expect(recent.take('a')).toEqual([change('a', 1), change('a', 2)]);
  expect(recent.take('a')).toEqual([]);
  expect(recent.take('b')).toEqual([change('b', 1)]);
});

it('forgets what is old, and says so where it had to forget what is not', () => {
  let now = 0;
  const recent = new RecentChanges(() => now);
  recent.note([change('a', 1)]);
  now = 10_001;
  recent.note([change('b', 1)]);
  expect(recent.take('a')).toEqual([]);
  recent.note(Array.from({ length: 10_001 }, (_, index) => change(`c${index}`, 1)));
  expect(recent.take('c0')).toEqual([{ kind: 'catalogue' }]);
  now = 20_002;
  recent.note([change('d', 1)]);
  expect(recent.take('d')).toEqual([change('d', 1)]);
});
