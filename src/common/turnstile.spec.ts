import { Turnstile } from './turnstile.js';

class Refused extends Error {}

/** Work that ends when told. */
function held(): { readonly work: () => Promise<string>; readonly finish: (value: string) => void } {
  let finish: (value: string) => void = () => undefined;
  const promise = new Promise<string>((resolve) => {
    finish = resolve;
  });
  return { work: () => promise, finish };
}

describe('a turnstile', () => {
  it('lets a few through at a time, in their order', async () => {
    const turnstile = new Turnstile(1, 10, 60_000, () => new Refused());
    const first = held();
    const order: string[] = [];
    const passes = [
      turnstile.pass(async () => order.push(await first.work())),
      turnstile.pass(async () => order.push('second')),
      turnstile.pass(async () => order.push('third')),
    ];
    expect(order).toEqual([]);
    first.finish('first');
    await Promise.all(passes);
    expect(order).toEqual(['first', 'second', 'third']);
  });

  it('refuses at once when too many wait, and takes more as soon as they do not', async () => {
    const turnstile = new Turnstile(1, 1, 60_000, () => new Refused());
    const first = held();
    const inside = turnstile.pass(first.work);
    expect(turnstile.isFull).toBe(false);
    const waiting = turnstile.pass(async () => 'waited');
    expect(turnstile.isFull).toBe(true);
    await expect(turnstile.pass(async () => 'too many')).rejects.toBeInstanceOf(Refused);
    first.finish('done');
    await expect(Promise.all([inside, waiting])).resolves.toEqual(['done', 'waited']);
    await expect(turnstile.pass(async () => 'free again')).resolves.toBe('free again');
  });

  it('refuses who has waited for too long, and keeps their place for nobody', async () => {
    const turnstile = new Turnstile(1, 5, 1, () => new Refused());
    const first = held();
    const inside = turnstile.pass(first.work);
    await expect(turnstile.pass(async () => 'too late')).rejects.toBeInstanceOf(Refused);
    first.finish('done');
    await inside;
    await expect(turnstile.pass(async () => 'free again')).resolves.toBe('free again');
  });

  it('goes on after work that failed', async () => {
    const turnstile = new Turnstile(1, 5, 60_000, () => new Refused());
    const failing = turnstile.pass(() => Promise.reject(new Error('broken')));
    const next = turnstile.pass(async () => 'next');
    await expect(failing).rejects.toThrow('broken');
    await expect(next).resolves.toBe('next');
  });
});
