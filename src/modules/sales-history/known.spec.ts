import { Known } from './batch-writer.service.js';

const NOBODY = new Map();
const ids = (from: number, to: number): Map<string, string> =>
  new Map(Array.from({ length: to - from }, (_, index) => [`SKU-${from + index}`, `id-${from + index}`]));

describe('what an import knows from one batch to the next', () => {
  it('is what a transaction has found once it has committed, and nothing that was rolled back', () => {
    const known = new Known();
    known.begin();
    known.found(ids(0, 1), NOBODY);
    expect(known.product('SKU-0')).toBe('id-0');
    known.begin();
    expect(known.product('SKU-0')).toBeUndefined();
    known.found(ids(1, 2), NOBODY);
    known.keep();
    known.begin();
    expect([known.product('SKU-0'), known.product('SKU-1')]).toEqual([undefined, 'id-1']);
  });

  it('never grows with the file, and loses nothing within a batch', () => {
    const known = new Known();
    for (let at = 0; at < 100_000; at += 5_000) {
      known.begin();
      const before = Array.from({ length: at }, (_, index) => `SKU-${index}`).filter((sku) => known.product(sku));
      expect(before.length).toBeLessThanOrEqual(20_000);
      known.found(ids(at, at + 5_000), NOBODY);
      // What was known when the batch began is so until it ends.
      expect(before.filter((sku) => known.product(sku) === undefined)).toEqual([]);
      expect(known.product(`SKU-${at}`)).toBe(`id-${at}`);
      known.keep();
      expect(known.product(`SKU-${at}`)).toBe(`id-${at}`);
    }
  });
});
