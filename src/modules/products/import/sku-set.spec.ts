import fc from 'fast-check';
import { SkuSet } from './sku-set.js';

test('a SKU is known by the line that it first stood on, through every growth', () => {
  const set = new SkuSet();
  for (let line = 2; line < 20_000; line += 1) expect(set.add(`SKU-${line}`, line)).toBeUndefined();
  for (let line = 2; line < 20_000; line += 1) expect(set.add(`SKU-${line}`, 99_999)).toBe(line);
});

test('it agrees with a map of the texts', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 200 }), (skus) => {
      const set = new SkuSet();
      const map = new Map<string, number>();
      for (const [index, sku] of skus.entries()) {
        expect(set.add(sku, index + 1)).toBe(map.get(sku));
        if (!map.has(sku)) map.set(sku, index + 1);
      }
    }),
  );
});
