import { Snapshot } from './snapshot.js';

it.each([
  [9, true],
  [10, true],
  [11, false],
  [12, true],
  [13, false],
  [14, false],
  [99, false],
])('tells whether a transaction was to be seen: %i %s', (xid, seen) => {
  expect(new Snapshot('11:14:11,13').sees(xid)).toBe(seen);
});

it.each([
  ['10:10:', '10:10:', true],
  ['10:10:', '9:9:', true],
  ['9:9:', '10:10:', false],
  // What was running then has ended since, and the other way round.
  ['12:12:', '10:12:10', true],
  ['10:12:10', '12:12:', false],
  ['10:14:10', '10:12:10', true],
  ['10:14:10,11', '10:12:10', false],
  ['10:14:13', '10:12:10', true],
])('%s shows all that %s shows: %s', (one, other, covers) => {
  expect(new Snapshot(one).covers(new Snapshot(other))).toBe(covers);
});

it.each(['', 'x', '1', '{}'])('takes the text %j for a snapshot that shows nothing', (text) => {
  const snapshot = new Snapshot(text);
  expect([snapshot.sees(3), snapshot.seesAllUpTo(3), snapshot.covers(new Snapshot('3:3:'))]).toEqual([
    false,
    false,
    false,
  ]);
});
