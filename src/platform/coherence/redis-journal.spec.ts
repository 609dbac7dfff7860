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

describe('the lease of the head', () => {
  const clock = { now: 0 };
  beforeEach(() => {
    clock.now = 1_000;
    jest.spyOn(performance, 'now').mockImplementation(() => clock.now);
  });
  afterEach(() => jest.restoreAllMocks());

  /** A Redis whose answers come when they are let, and which may be another one by then. */
  function slowJournal() {
    const waiting: (() => void)[] = [];
    const link = {
      client: {
        isReady: true,
        lIndex: () => new Promise((resolve) => waiting.push(() => resolve('7 one:7 one:6 []'))),
      },
      connections: 1,
    };
    const answer = async (): Promise<void> => {
      for (const release of waiting.splice(0)) release();
      await new Promise(setImmediate);
    };
    return { journal: new RedisJournal(link as unknown as RedisLink), link, waiting, answer };
  }

  it('counts from when the look was sent, not from its answer', async () => {
    const { journal, answer } = slowJournal();
    const look = journal.check(nothing, async () => true);
    expect(journal.leased).toBe(false);
    clock.now += 3;
    await answer();
    await look;
    expect(journal.leased).toBe(true);
    clock.now += 1;
    expect(journal.leased).toBe(false);
  });

  it('is not given by a look after which something is unknown, and ends with the connection', async () => {
    const { journal, link, answer } = slowJournal();
    const unsure = journal.check(nothing, async () => false);
    await answer();
    expect([await unsure, journal.leased]).toEqual(['unsure', false]);
    const asked = journal.check(nothing, async () => true);
    await answer();
    expect([await asked, journal.leased]).toEqual(['asked', true]);
    link.connections = 2;
    expect(journal.leased).toBe(false);
  });

  it('is renewed by one look, and not before half of it is over', async () => {
    const { journal, waiting, answer } = slowJournal();
    const look = journal.check(nothing, async () => true);
    await answer();
    await look;
    journal.renew(nothing, async () => true);
    expect(waiting).toHaveLength(0);
    clock.now += 2;
    journal.renew(nothing, async () => true);
    journal.renew(nothing, async () => true);
    expect(waiting).toHaveLength(1);
    await answer();
    clock.now += 3;
    expect(journal.leased).toBe(true);
  });

  it('is over when an announcement has been waited for', async () => {
    jest.restoreAllMocks();
    const { journal, answer } = slowJournal();
    const look = journal.check(nothing, async () => true);
    await answer();
    await look;
    const toldAt = performance.now();
    await journal.untilSeen(toldAt);
    expect(journal.leased).toBe(false);
  });
});
