import { setImmediate as nextTurn } from 'node:timers/promises';
import { GatheredReads } from './gathered-reads.js';

interface Row {
  readonly key: string;
  readonly readAt: number;
}

/** Reads that are answered when the test says so; rows tell which of the reads they come from. */
function gathering(): { reads: GatheredReads<Row>; sent: (readonly string[])[]; answer: (read: number) => void } {
  const sent: (readonly string[])[] = [];
  const answers: (() => void)[] = [];
  const reads = new GatheredReads<Row>(
    (keys) => {
      const readAt = sent.push(keys) - 1;
      const rows = keys.filter((key) => key !== 'missing').map((key) => ({ key, readAt }));
      return new Promise((resolve, reject) => {
        answers.push(() => (keys.includes('broken') ? reject(new Error('no database')) : resolve(rows.reverse())));
      });
    },
    ({ key }) => key,
  );
  return { reads, sent, answer: (read) => answers[read]?.() };
}

test('what is asked for in one turn is one read, and everybody gets their own row', async () => {
  const { reads, sent, answer } = gathering();
  const found = Promise.all(['a', 'b', 'missing', 'a'].map((key) => reads.find(key)));
  await nextTurn();
  expect(sent).toEqual([['a', 'b', 'missing']]);
  answer(0);
  expect((await found).map((row) => row?.key)).toEqual(['a', 'b', undefined, 'a']);
});

test('nobody is answered by a read that was sent before they asked', async () => {
  const { reads, sent, answer } = gathering();
  const first = reads.find('a');
  await nextTurn();
  const second = reads.find('a');
  await nextTurn();
  expect(sent).toEqual([['a'], ['a']]);
  answer(1);
  expect(await second).toEqual({ key: 'a', readAt: 1 });
  answer(0);
  expect(await first).toEqual({ key: 'a', readAt: 0 });
});

test('a read that fails is told to all who wait for it, and to nobody else', async () => {
  const { reads, answer } = gathering();
  const failed = Promise.allSettled([reads.find('a'), reads.find('broken')]);
  await nextTurn();
  answer(0);
  expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = reads.find('a');
  await nextTurn();
  answer(1);
  expect(await again).toEqual({ key: 'a', readAt: 1 });
});

test('a crowd is read in several statements', async () => {
  const { reads, sent } = gathering();
  for (let index = 0; index < 230; index += 1) void reads.find(String(index));
  await nextTurn();
  expect(sent.map((keys) => keys.length)).toEqual([100, 100, 30]);
});
