import { WeightedMap } from './weighted-map.js';

it('forgets what was used longest ago, by number and by weight', () => {
  const map = new WeightedMap<string>(3, 10);
  for (const key of ['a', 'b', 'c']) map.set(key, key, 1);
  map.get('a');
  map.set('d', 'd', 1);
  expect([map.peek('a'), map.peek('b')]).toEqual(['a', undefined]);
  map.set('e', 'e', 9);
  expect([map.size, map.weight, map.peek('d')]).toEqual([2, 10, 'd']);
});

it('keeps nothing that is heavier than everything may be, and drops what it would have replaced', () => {
  const map = new WeightedMap<number>(3, 10);
  map.set('a', 1, 2);
  map.set('a', 2, 11);
  expect([map.get('a'), map.size, map.weight]).toEqual([undefined, 0, 0]);
});

it('counts the weight of a key once, however often it is set', () => {
  const map = new WeightedMap<number>(3, 10);
  for (let i = 0; i < 20; i += 1) map.set('a', i, 4);
  expect([map.get('a'), map.weight]).toEqual([19, 4]);
  map.clear();
  expect([map.size, map.weight]).toEqual([0, 0]);
});
