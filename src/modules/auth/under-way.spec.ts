import { UnderWay } from './under-way.js';

describe('what is under way', () => {
  it('tells work that overlaps from work that follows, for each key apart', async () => {
    const underWay = new UnderWay();
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const told = async (besideOthers: boolean): Promise<boolean> => {
      await held;
      return besideOthers;
    };
    const overlapping = [underWay.run('a', told), underWay.run('a', told), underWay.run('b', told)];
    finish();
    expect(await Promise.all(overlapping)).toEqual([false, true, false]);
    expect(await underWay.run('a', told)).toBe(false);
  });

  it('is over when it fails', async () => {
    const underWay = new UnderWay();
    await expect(underWay.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await underWay.run('a', async (besideOthers) => besideOthers)).toBe(false);
  });
});
