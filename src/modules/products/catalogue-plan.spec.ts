import {
  abundanceOf,
  categoriesAreFewer,
  countBound,
  type ListFacts,
  type Strategy,
  strategyOf,
} from './catalogue-plan.js';

const million: ListFacts = {
  all: 1_000_000,
  found: 1_000_000,
  isExact: true,
  categories: undefined,
  searched: false,
  byRelevance: false,
  rows: 21,
};

const cases: [string, Partial<ListFacts>, Strategy][] = [
  ['everything', {}, 'walk'],
  ['a range of prices that few products are in', { found: 300 }, 'gather'],
  ['a range of prices that many are in', { found: 10_000, isExact: false }, 'walk'],
  ['a category of few products', { found: 900, categories: 4 }, 'gather'],
  ['a category of few categories and many products', { found: 9_000, categories: 3 }, 'merge'],
  ['a category of half the catalogue', { found: 500_000, categories: 2_000 }, 'walk'],
  ['rare words by relevance', { found: 40, searched: true, byRelevance: true }, 'gather'],
  ['frequent words by relevance', { found: 1_000, isExact: false, searched: true, byRelevance: true }, 'tiers'],
  ['frequent words by price', { found: 1_000, isExact: false, searched: true, categories: 3 }, 'walk'],
  ['words that every product has, by relevance', { searched: true, byRelevance: true }, 'tiers'],
];

test.each(cases)('%s', (_, facts, strategy) => {
  expect(strategyOf({ ...million, ...facts })).toBe(strategy);
});

test('a small catalogue is counted to the end, a large one up to a bound', () => {
  expect([countBound(20_000, true), countBound(20_000, false)]).toEqual([undefined, undefined]);
  expect([countBound(20_001, true), countBound(20_001, false)]).toEqual([1_000, 10_000]);
});

test.each([
  [undefined, 1_000_000, 'unknown'],
  [0, 1_000_000, 'few'],
  [999, 1_000_000, 'few'],
  [1_000, 1_000_000, 'some'],
  [4_999, 1_000_000, 'some'],
  [5_000, 20_001, 'frequent'],
  [9_000, 20_000, 'unknown'],
])('of %j products that have all words, among %i, there are %s', (estimate, all, abundance) => {
  expect(abundanceOf(estimate, all)).toBe(abundance);
});

test('categories are looked through for words where the index of words would have much more to tell', () => {
  expect([categoriesAreFewer(1_000, 6_001), categoriesAreFewer(1_000, 6_000), categoriesAreFewer(0, 0)]).toEqual([
    ...[true, false, false],
  ]);
});
