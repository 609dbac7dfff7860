import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { GatheredWrites } from './gathered-writes.js';

function refusal(code: string): Error {
  const error = new pg.DatabaseError(code, 0, 'error');
  error.code = code;
  return error;
}

/** Writes that come about when the test says so. */
function gathering() {
  const sent: (readonly string[])[] = [];
  const ends: ((failure?: Error) => void)[] = [];
  const writes = new GatheredWrites((asked: readonly string[]) => {
    sent.push(asked);
    return new Promise<string[]>((resolve, reject) => {
      ends.push((failure) => (failure === undefined ? resolve(asked.map((one) => `${one}!`)) : reject(failure)));
    });
  });
  const add = (one: string): Promise<string> => writes.add(one, one);
  const end = async (transaction: number, failure?: Error): Promise<void> => {
    ends[transaction]?.(failure);
    await delay(0);
  };
  return { add, sent, end };
}

test('the first wait for nothing, and those after them are written together in one order', async () => {
  const { add, sent, end } = gathering();
  const all = Promise.all(['d', 'c', 'b', 'a', 'b'].map(add));
  expect(sent).toEqual([['d'], ['c']]);
  await end(1);
  expect(sent.slice(2)).toEqual([['a', 'b', 'b']]);
  await end(0);
  await end(2);
  expect(await all).toEqual(['d!', 'c!', 'b!', 'a!', 'b!']);
  void add('e');
  void add('f');
  expect(sent.slice(3)).toEqual([['e'], ['f']]);
});

test('a crowd is written in several transactions', async () => {
  const { add, sent, end } = gathering();
  for (let one = 0; one < 40; one += 1) void add('x');
  for (let transaction = 0; transaction < 5; transaction += 1) await end(transaction);
  expect(sent.map(({ length }) => length)).toEqual([1, 1, 16, 16, 6]);
});

test('what one fails with harms nobody else', async () => {
  const { add, sent, end } = gathering();
  const first = Promise.allSettled([add('a'), add('b')]);
  const outcomes = Promise.allSettled(['c', 'd', 'e'].map(add));
  await end(0);
  await end(2, refusal('23514'));
  expect(sent.slice(3)).toEqual([['c'], ['d'], ['e']]);
  await end(3);
  await end(4, refusal('23514'));
  await end(5);
  expect(await outcomes).toEqual([
    { status: 'fulfilled', value: 'c!' },
    { status: 'rejected', reason: refusal('23514') },
    { status: 'fulfilled', value: 'e!' },
  ]);
  await end(1, refusal('23514'));
  expect((await first).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});

test.each([
  ['the server shuts down', refusal('57P01')],
  ['the connection breaks', new Error('Connection terminated unexpectedly')],
])('nothing is written again that may have been committed when %s', async (_name, failure) => {
  const { add, sent, end } = gathering();
  void add('a');
  void add('b');
  const outcomes = Promise.allSettled(['c', 'd'].map(add));
  await end(0);
  await end(2, failure);
  expect(await outcomes).toEqual([
    { status: 'rejected', reason: failure },
    { status: 'rejected', reason: failure },
  ]);
  expect(sent).toHaveLength(3);
});

test('nobody waits behind those who wait for a lock', async () => {
  const { add, sent, end } = gathering();
  const stuck = [add('a'), add('b')];
  const third = add('c');
  expect(sent).toHaveLength(2);
  while (sent.length < 3) await delay(1);
  await end(2);
  expect(await third).toBe('c!');
  await end(0);
  await end(1);
  expect(await Promise.all(stuck)).toEqual(['a!', 'b!']);
  // The room that was made for others is not made twice.
  for (const one of ['d', 'e', 'f']) void add(one);
  expect(sent.slice(3)).toEqual([['d'], ['e']]);
});
