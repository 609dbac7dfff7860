import fc from 'fast-check';
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

type Step = { does: 'get' | 'set' | 'delete' | 'clear'; key: string; weight: number };

const steps = fc.array(
  fc.record<Step>({
    does: fc.constantFrom('get', 'get', 'set', 'set', 'set', 'delete', 'clear'),
    key: fc.constantFrom(...'abcdefgh'),
    weight: fc.integer({ min: 0, max: 6 }),
  }),
  { maxLength: 80 },
);

/** The same, as slow as it is plain: the first is the oldest. */
class PlainMap {
  entries: { key: string; value: number; weight: number }[] = [];

  do({ does, key, weight }: Step, value: number): number | undefined {
    const found = this.entries.find((entry) => entry.key === key);
    this.entries = does === 'clear' ? [] : this.entries.filter((entry) => entry !== found);
    if (does === 'get' && found !== undefined) this.entries.push(found);
    if (does === 'set' && weight <= 5) this.entries.push({ key, value, weight });
    while (this.entries.length > 4 || this.weight > 5) this.entries.shift();
    return does === 'get' ? found?.value : undefined;
  }

  get weight(): number {
    return this.entries.reduce((sum, { weight }) => sum + weight, 0);
  }
}

it('keeps what a plain list in the order of use would keep', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const map = new WeightedMap<number>(4, 5);
      const plain = new PlainMap();
      for (const [at, step] of taken.entries()) {
        const { does, key, weight } = step;
        const expected = plain.do(step, at);
        if (does === 'get') expect(map.get(key)).toBe(expected);
        else if (does === 'set') map.set(key, at, weight);
        else if (does === 'delete') map.delete(key);
        else map.clear();
        expect([map.size, map.weight]).toEqual([plain.entries.length, plain.weight]);
      }
      for (const key of 'abcdefgh') {
        expect(map.peek(key)).toBe(plain.entries.find((entry) => entry.key === key)?.value);
      }
    }),
  );
});
