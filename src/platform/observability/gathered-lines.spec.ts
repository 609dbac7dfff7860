import { GatheredLines } from './gathered-lines.js';

function written(): { lines: GatheredLines; writes: string[] } {
  const writes: string[] = [];
  const target = {
    destroyed: false,
    write: (text: string) => writes.push(text),
    flushSync: () => writes.push('flushed'),
  };
  const lines = new GatheredLines(target);
  return { lines, writes };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('hands lines over in their order, and those of a moment together', () => {
  const { lines, writes } = written();
  for (const line of ['a\n', 'b\n']) lines.write(line);
  expect(writes).toEqual([]);
  jest.advanceTimersByTime(20);
  lines.write('c\n');
  jest.advanceTimersByTime(20);
  jest.advanceTimersByTime(1_000);
  expect(writes).toEqual(['a\nb\n', 'c\n']);
});

it('holds no more than it may, and nothing once it is flushed', () => {
  const { lines, writes } = written();
  lines.write('x'.repeat(70_000));
  expect(writes).toHaveLength(1);
  lines.write('y');
  lines.flushSync();
  expect(writes.slice(1)).toEqual(['y', 'flushed']);
  jest.advanceTimersByTime(1_000);
  expect(writes).toHaveLength(3);
});
