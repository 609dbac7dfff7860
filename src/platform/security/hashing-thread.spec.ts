import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { hash, verify } from '@node-rs/argon2';
import { HashingThread } from './hashing-thread.js';

const OPTIONS = { memoryCost: 1_024, timeCost: 2, parallelism: 1 };

describe('a thread that hashes passwords', () => {
  const thread = new HashingThread();
  afterAll(() => thread.stop());

  it('hashes what others verify, and verifies what others have hashed', async () => {
    const made = await thread.hash('Grüße-1 and more', OPTIONS);
    expect(made).toMatch(/^\$argon2id\$v=19\$m=1024,t=2,p=1\$/);
    await expect(verify(made, 'Grüße-1 and more')).resolves.toBe(true);
    const theirs = await hash('Grüße-1 and more', OPTIONS);
    const guesses = ['Grüße-1 and more', 'grüße-1 and more', ''];
    expect(await Promise.all(guesses.map((guess) => thread.verify(theirs, guess)))).toEqual([true, false, false]);
  });

  it('says what it cannot do, and goes on', async () => {
    const [bad, good] = await Promise.allSettled([thread.verify('no hash', 'x'), thread.hash('x', OPTIONS)]);
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
  });

  it('leaves nobody waiting where it ends, and starts again', async () => {
    const pending = thread.hash('x', { ...OPTIONS, timeCost: 50 });
    await thread.stop();
    await expect(pending).rejects.toThrow('The thread that hashes passwords has ended.');
    await expect(thread.hash('x', OPTIONS)).resolves.toMatch(/^\$argon2id/);
  });

  const linux = existsSync('/proc/thread-self') ? it : it.skip;
  linux('has a lower priority than the rest of the process', async () => {
    await thread.hash('x', OPTIONS);
    // The 19th field; the second is a name in brackets.
    const niceness = readdirSync('/proc/self/task').map((task) =>
      Number(readFileSync(`/proc/self/task/${task}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[16]),
    );
    expect(Math.max(...niceness)).toBeGreaterThanOrEqual(Math.min(19, Math.min(...niceness) + 10));
  });
});
