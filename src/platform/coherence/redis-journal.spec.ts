import type { RedisLink } from '../cache/redis-link.js';
import { RedisJournal } from './redis-journal.js';

/** A Redis whose list has one entry at its head. */
function journalOver(head: string): RedisJournal {
  const client = { isReady: true, lIndex: async () => head, lRange: async () => [head] };
  return new RedisJournal({ client, connections: 1 } as unknown as RedisLink);
}

const nothing = (): void => undefined;

it('takes a head that it did not know for known only when PostgreSQL has told what came before it', async () => {
  const journal = journalOver('7 one:7 one:6 []');
  let answer = (_: boolean): void => undefined;
  const asked: string[] = [];
  const first = journal.check(nothing, () => {
    asked.push('first');
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  await new Promise(setImmediate);
  let known = false;
  const second = journal.check(nothing, async () => {
    asked.push('second');
    return true;
  });
  void second.then(() => {
    known = true;
  });
  await new Promise(setImmediate);
  expect([asked, known]).toEqual([['first'], false]);
  answer(true);
  expect([await first, await second, asked]).toEqual(['asked', 'current', ['first']]);
});

it('asks again where PostgreSQL could not be asked', async () => {
  const journal = journalOver('7 one:7 one:6 []');
  expect(await journal.check(nothing, async () => false)).toBe('unsure');
  expect(await journal.check(nothing, async () => true)).toBe('asked');
  expect(await journal.check(nothing, async () => false)).toBe('current');
});
