import { setImmediate as tick } from 'node:timers/promises';
import { Lanes } from './lanes.js';

const lanes = () => new Lanes(2, () => new Error('full'));

it('runs work of one key one after another, whatever becomes of it, and keeps nothing', async () => {
  const one = lanes();
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`${name} starts`);
    await tick();
    seen.push(`${name} ends`);
    if (name === 'a') throw new Error('a fails');
    return name;
  };
  const done = await Promise.allSettled([one.run('k', work('a')), one.run('k', work('b'))]);
  expect(done.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(seen).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
  expect(one.size).toBe(0);
});

it('lets nobody wait for another key, and few for the same', async () => {
  const one = lanes();
  let finish = (): void => undefined;
  const held = one.run('k', () => new Promise<void>((resolve) => (finish = resolve)));
  const waiting = [one.run('k', async () => 'second'), one.run('k', async () => 'third')];
  await expect(one.run('k', async () => 'fourth')).rejects.toThrow('full');
  await expect(one.run('other', async () => 'at once')).resolves.toBe('at once');
  finish();
  await held;
  expect(await Promise.all(waiting)).toEqual(['second', 'third']);
});
