import { LruMap } from './lru-map.js';

describe('LRU map', () => {
  it('forgets what was used longest ago when it is full', () => {
    const map = new LruMap<number>(2);
    map.set('a', 1).set('b', 2);
    map.get('a');
    map.set('c', 3);
    expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([1, undefined, 3, 2]);
  });

  it('replaces a value without growing', () => {
    const map = new LruMap<number>(2);
    map.set('a', 1).set('a', 2);
    expect([map.get('a'), map.size]).toEqual([2, 1]);
  });
});
