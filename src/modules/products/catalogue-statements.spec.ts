import type { Query, ResolvedFilter } from './catalogue-filter.js';
import type { Strategy } from './catalogue-plan.js';
import { readingOf, type Search, type SearchWord, searchOf } from './catalogue-search.js';
import { SORT_KEYS, type SortKey } from './catalogue-sorts.js';
import {
  categoryFacetQuery,
  countQuery,
  keptFacetQuery,
  listQuery,
  pageOfIdsQuery,
  pricesQuery,
} from './catalogue-statements.js';

function search(text: string): Search {
  const key = text.toLowerCase();
  const words: SearchWord[] = key === '★' ? [] : [{ word: key, products: 1, titles: 1, begun: null }];
  return searchOf(text, words.length === 0 ? '' : key, words, readingOf(words), 1);
}

const lamp = search('Lamp');
const short = search('TV');
const symbols = search('★');

const everything: ResolvedFilter = {
  search: lamp,
  categories: ['0198c0de-0000-7000-8000-000000000001'],
  minPrice: 1n,
  maxPrice: 2n,
  inStock: true,
};
const filters: ResolvedFilter[] = [
  ...[{}, { search: lamp }, { search: short }, { search: symbols }, { categories: [] }, { inStock: false }],
  { minPrice: 3n },
  everything,
  { ...everything, categoriesFirst: true },
];

/** The ways in which a page of a filter may be found in an order. */
function strategies(filter: ResolvedFilter, sort: SortKey): Strategy[] {
  if (sort === 'relevance' && filter.search?.tsquery) return ['gather', 'tiers'];
  return filter.categories === undefined ? ['gather', 'walk'] : ['gather', 'walk', 'merge'];
}

function valuesOf(filter: ResolvedFilter, sort: SortKey): string[][] {
  if (sort === 'relevance' && filter.search) return ['6', '5', '4', '3', '2'].map((score) => [score, 'lamp', '9']);
  return [['1']];
}

function pages(filter: ResolvedFilter): Query[] {
  return SORT_KEYS.flatMap((sort) =>
    strategies(filter, sort).flatMap((strategy) => {
      const first = { filter, sort, strategy, limit: 21, offset: 20 };
      const later = valuesOf(filter, sort).map((values) => {
        return { ...first, offset: 0, position: { values, id: 'x', reading: '' } };
      });
      const ways = (['few', 'some', 'frequent'] as const).map((one) => {
        return { ...first, abundance: { title: one, anywhere: one } };
      });
      const bounded = strategy === 'gather' && sort === 'relevance' && filter.search ? [{ ...first, most: 7 }] : [];
      return [first, ...later, ...ways, ...bounded].flatMap((request) => [listQuery(request), pageOfIdsQuery(request)]);
    }),
  );
}

test.each(filters)('every parameter of the texts for %j has its value, and every value its parameter', (filter) => {
  const queries = [...pages(filter), keptFacetQuery(filter)];
  for (const bound of [undefined, 7]) {
    queries.push(countQuery(filter, bound), pricesQuery(filter, bound), categoryFacetQuery(filter, bound));
  }
  for (const { text, values } of queries) {
    const used = new Set([...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
    expect([...used].sort((a, b) => a - b)).toEqual(values.map((_, index) => index + 1));
  }
});

test('the text depends on the shape of a request alone, never on what it holds', () => {
  const text = (filter: ResolvedFilter, offset: number): string =>
    listQuery({ filter, sort: '-price', strategy: 'gather', limit: 5, offset }).text;
  const hostile = { ...everything, search: search("'; DROP TABLE products; --"), minPrice: 7n };
  expect(text(hostile, 100)).toBe(text(everything, 7));
});

test.each(filters)('cursors of %j are made of the rows of the page, not of those that are passed over', (filter) => {
  for (const { text } of pages(filter)) {
    const [below = ''] = text.slice(text.indexOf('row_number()')).split('\n)\nSELECT ');
    expect(below).toContain('LIMIT');
    expect(below).not.toMatch(/to_char|ARRAY\[|cursor_key/);
  }
});
