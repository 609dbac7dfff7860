import { SORT_KEYS } from './catalogue-sorts.js';
import {
  type CatalogueFilter,
  categoryFacetQuery,
  listQuery,
  literalPattern,
  pageOfIdsQuery,
  summaryQuery,
} from './catalogue-statements.js';

const everything: CatalogueFilter = { q: 'x', category: 'home', minPrice: 1n, maxPrice: 2n, inStock: true };
const filters: CatalogueFilter[] = [{}, { q: 'x' }, { category: 'home' }, { inStock: false }, everything];

test.each(filters)('every parameter of the texts for %j has its value, and every value its parameter', (filter) => {
  const queries = [listQuery, pageOfIdsQuery].flatMap((make) =>
    SORT_KEYS.map((sort) => make(filter, sort, { limit: 21, offset: 20 })),
  );
  queries.push(summaryQuery(filter, true), summaryQuery(filter, false), categoryFacetQuery(filter));
  for (const { text, values } of queries) {
    const numbers = new Set([...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
    expect([...numbers].sort((a, b) => a - b)).toEqual(values.map((_, index) => index + 1));
  }
});

test('the text depends on the shape of a request alone, never on what it holds', () => {
  const text = (filter: CatalogueFilter, offset: number): string =>
    listQuery(filter, '-price', { limit: 5, offset }).text;
  const hostile = { q: "'; DROP TABLE products; --", category: '$1', minPrice: 7n, maxPrice: 9n, inStock: true };
  expect(text(hostile, 100)).toBe(text(everything, 0));
});

test.each([
  ['50%', '50\\%'],
  ['a_b', 'a\\_b'],
  ['a\\', 'a\\\\'],
  ['plain', 'plain'],
])('%j is searched as %j', (text, pattern) => {
  expect(literalPattern(text)).toBe(pattern);
});
