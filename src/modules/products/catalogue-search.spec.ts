import fc from 'fast-check';
import {
  areCorrections,
  readCorrections,
  type SearchWord,
  searchOf,
  slipsOf,
  unknownWords,
} from './catalogue-search.js';

const known = (...words: string[]): SearchWord[] => words.map((word) => ({ word, known: true }));

test.each([
  [['oak', 'lamp'], `'oak' & 'lamp':*`],
  [['oak', 'la'], `'oak' & 'la'`],
  [['茶', '碗'], `'茶' & '碗'`],
  [['a', 'a', 'a'], `'a'`],
  [[], ''],
  [["o'brien\\"], `'o''brien\\\\':*`],
])('the words %j are asked for as %s', (words, tsquery) => {
  expect(searchOf('', '', known(...words)).tsquery).toBe(tsquery);
});

test('a corrected word may be any of its alternatives too, none of which goes on', () => {
  const search = searchOf('oka lmap', 'oka lmap', known('oka', 'lmap'), new Map([[1, ['lamp', 'map']]]));
  expect(search.tsquery).toBe(`'oka' & ('lmap':* | 'lamp' | 'map')`);
  expect(search.corrections).toBe('1:lamp|map');
});

test('no more than three words are corrected', () => {
  const words = 'abcdef'.split('').map((word) => ({ word, known: word === 'b' }));
  expect([...unknownWords(words)]).toEqual([
    [0, 'a'],
    [2, 'c'],
    [3, 'd'],
  ]);
});

test('corrections come back from a cursor as they went in', () => {
  const word = fc.stringMatching(/^[a-zäöß茶]{1,20}$/);
  const corrections = fc.uniqueArray(fc.tuple(fc.nat(99), fc.array(word, { minLength: 1, maxLength: 3 })), {
    maxLength: 3,
    selector: ([place]) => place,
  });
  fc.assert(
    fc.property(corrections, (entries) => {
      const text = searchOf('', '', [], new Map(entries)).corrections;
      expect(areCorrections(text)).toBe(true);
      expect([...readCorrections(text)]).toEqual(entries);
    }),
  );
});

test.each(['1', '1:', ':a', '1:a,', '1:a|', '1:a b', '1:a,2:b,3:c,4:d', '1:a|b|c|d', `1:${'a'.repeat(600)}`, 'x:a'])(
  '%s are no corrections',
  (text) => {
    expect(areCorrections(text)).toBe(false);
  },
);

test.each([
  ['lmap', 'lamp'],
  ['lap', 'lamp'],
  ['lammp', 'lamp'],
  ['lemp', 'lamp'],
  ['ampl', 'ample'],
])('%s is one slip away from %s', (word, meant) => {
  expect(slipsOf(word)).toContain(meant);
});

test('a word is no slip of itself, and no slip is named twice', () => {
  const slips = slipsOf('aabb');
  expect(slips).not.toContain('aabb');
  expect(new Set(slips).size).toBe(slips.length);
});
