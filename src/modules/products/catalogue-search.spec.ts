import fc from 'fast-check';
import {
  type Alternative,
  isReading,
  type Reading,
  readingOf,
  readReading,
  type SearchWord,
  searchOf,
  slipsOf,
  unknownWords,
} from './catalogue-search.js';

const word = (text: string, products: number | null = 1): SearchWord => {
  return { word: text, products, titles: products, begun: null };
};
const alternative = (text: string, products: number | null = null): Alternative => {
  return { word: text, products, titles: products };
};
const read = (words: readonly SearchWord[], reading: Reading = readingOf(words), all = 10_000) =>
  searchOf('', '', words, reading, all);

test.each([
  [['oak', 'lamp'], `'oak' & 'lamp':*`],
  [['oak', 'la'], `'oak' & 'la'`],
  [['茶', '碗'], `'茶' & '碗'`],
  [['aa', 'aa', 'aa'], `'aa'`],
  [[], ''],
  [["o'brien\\"], `'o''brien\\\\':*`],
])('the words %j are asked for as %s', (words, tsquery) => {
  expect(read(words.map((text) => word(text))).tsquery).toBe(tsquery);
});

test('a last word that a thousand products have is meant whole', () => {
  expect(read([word('lamp', 999)]).tsquery).toBe(`'lamp':*`);
  expect(read([word('lamp', 1_000)])).toMatchObject({ tsquery: `'lamp'`, reading: '=' });
});

test('a corrected word may be any of its alternatives too, none of which goes on', () => {
  const alternatives = new Map([[1, [alternative('lamp'), alternative('map')]]]);
  const search = read([word('oka'), word('lmap', null)], { whole: false, alternatives });
  expect(search.tsquery).toBe(`'oka' & ('lmap':* | 'lamp' | 'map')`);
  expect(search.reading).toBe('1:lamp|map');
});

test('the share of products is the product of those of the words, of which the most frequent meaning counts', () => {
  const begun = { products: 5_000, titles: 1_000 };
  const alternatives = new Map([[0, [alternative('oak', 1_000), alternative('oat', 2_000)]]]);
  const search = read([word('oka', null), { ...word('la', 0), begun }, word('x', 20_000)], {
    whole: false,
    alternatives,
  });
  expect(search.share.anywhere).toBe(0);
  const last = { ...word('lam', 0), begun };
  expect(read([word('oka', null), last], { whole: false, alternatives }).share).toEqual({
    anywhere: 0.2 * 0.5,
    title: 0.2 * 0.1,
  });
  expect(read([word('rare', null)]).share.anywhere).toBe(0);
});

test('no more than three words are corrected, of four letters or more and no digit', () => {
  const words = ['aaaa', 'tv', 'bbbb', 'mp3s', 'cccc', 'dddd'].map((text) => word(text, text === 'bbbb' ? 0 : null));
  expect([...unknownWords(words)]).toEqual([
    [0, 'aaaa'],
    [4, 'cccc'],
    [5, 'dddd'],
  ]);
  expect(unknownWords([{ ...word('lamp', null), begun: { products: 0, titles: 0 } }]).size).toBe(0);
  expect(unknownWords([{ ...word('lamp', null), begun: { products: null, titles: null } }]).size).toBe(1);
});

test('a reading comes back from a cursor as it went in', () => {
  const alternatives = fc.array(
    fc.stringMatching(/^[a-zäöß茶]{1,20}$/).map((text) => alternative(text)),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  const entries = fc.uniqueArray(fc.tuple(fc.nat(99), alternatives), { maxLength: 3, selector: ([place]) => place });
  fc.assert(
    fc.property(fc.boolean(), entries, (whole, list) => {
      const reading = { whole, alternatives: new Map(list) };
      const text = read([], reading).reading;
      expect(isReading(text)).toBe(true);
      expect(readReading(text)).toEqual(reading);
    }),
  );
});

test.each(['1', '1:', ':a', '1:a,', '1:a|', '1:a b', '1:a,2:b,3:c,4:d', '1:a|b|c|d', `1:${'a'.repeat(600)}`, 'x:a'])(
  '%s is no reading',
  (text) => {
    expect(isReading(text)).toBe(false);
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
