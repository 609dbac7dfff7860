import { type Statement, statement } from '../../platform/database/statement.js';
import type { CatalogueFilter, ResolvedFilter } from './catalogue-filter.js';
import { categoriesAreFewer } from './catalogue-plan.js';
import {
  type Alternative,
  MOST_ALTERNATIVES,
  type Reading,
  readingOf,
  readReading,
  type SearchWord,
  searchOf,
  slipsOf,
  unknownWords,
} from './catalogue-search.js';

/** How many products have any of the words `o`, as if words knew nothing of each other. */
const ANY_OF = (count: string): string =>
  `round((SELECT whole FROM size) * (1 - exp(sum(ln(greatest(1e-9, 1 - ${count}::float8 / (SELECT whole FROM size)))))))`;

/** The tree below a category, the kept counts and the folded words of a search, in one round trip. */
const SCOPE = statement(
  'products.scope',
  `WITH RECURSIVE size AS MATERIALIZED (
     SELECT greatest(1, coalesce(sum(products), 0))::int AS whole FROM catalogue_counts WHERE whole
   ), tree AS (
     SELECT id FROM categories WHERE slug = $1::text
     UNION
     SELECT child.id FROM categories child JOIN tree ON child.parent_id = tree.id
   ), asked AS MATERIALIZED (SELECT catalogue_fold($3::text) AS key)
   SELECT
     (SELECT coalesce(sum(products), 0)::int FROM catalogue_counts WHERE whole) AS whole,
     CASE WHEN $1::text IS NULL
       THEN (SELECT coalesce(sum(products), 0)::int FROM catalogue_counts
         WHERE whole AND ($2::boolean IS NULL OR in_stock = $2::boolean))
       ELSE (SELECT coalesce(sum(k.products), 0)::int FROM tree
         JOIN catalogue_counts k ON NOT k.whole AND k.category_id = tree.id
         WHERE $2::boolean IS NULL OR k.in_stock = $2::boolean)
     END AS kept,
     CASE WHEN $1::text IS NOT NULL THEN coalesce((SELECT array_agg(id) FROM tree), '{}') END AS categories,
     (SELECT key FROM asked) AS key,
     (SELECT json_agg(json_build_object('word', w.word, 'products', k.products, 'titles', k.titles,
         'begun', CASE WHEN w.place = cardinality(a.words) THEN (SELECT json_build_object('products', ${ANY_OF('o.products')},
           'titles', ${ANY_OF('o.titles')}) FROM (SELECT o.products, o.titles FROM catalogue_words o
             WHERE o.word >= w.word COLLATE "C" AND o.word < (w.word || chr(1114111)) COLLATE "C" LIMIT 1000) o) END
       ) ORDER BY w.place)
      FROM (SELECT string_to_array(key, ' ') AS words FROM asked) a
      CROSS JOIN LATERAL unnest(a.words) WITH ORDINALITY AS w (word, place)
      LEFT JOIN LATERAL (SELECT max(o.products) AS products, max(o.titles) AS titles FROM catalogue_words o
        WHERE o.word = w.word COLLATE "C") k ON true
      WHERE w.word <> '') AS words`,
);

/** Words that some product has in place of those that none has: one slip away, or of similar trigrams. */
const SIMILAR = statement(
  'products.similarWords',
  `WITH slip AS MATERIALIZED (
     SELECT s.asked, k.word, k.products, k.titles FROM unnest($1::text[], $2::text[]) AS s (asked, candidate)
     JOIN catalogue_words k ON k.word = s.candidate COLLATE "C"
   ), similar_word AS MATERIALIZED (
     SELECT a.asked, k.word, k.products, k.titles FROM unnest($3::text[]) AS a (asked) CROSS JOIN LATERAL (
       SELECT word, products, titles FROM catalogue_words WHERE length(word) >= 3 AND word % a.asked AND similarity(word, a.asked) >= 0.45
       ORDER BY similarity(word, a.asked) DESC, word LIMIT 5
     ) k
   ), ranked AS (
     SELECT asked, word, max(products) AS products, max(titles) AS titles, row_number() OVER (
       PARTITION BY asked ORDER BY min(rank), similarity(asked, word) DESC, word) AS place
     FROM (SELECT *, 1 AS rank FROM slip UNION ALL SELECT *, 2 FROM similar_word) found
     GROUP BY asked, word
   )
   SELECT asked, word, products, titles FROM ranked WHERE place <= $4::int ORDER BY asked, place`,
);

type Read = (statement: Statement, values: readonly unknown[]) => Promise<object[]>;

interface ScopeRow {
  readonly whole: number;
  readonly kept: number;
  readonly categories: readonly string[] | null;
  readonly key: string | null;
  readonly words: readonly SearchWord[] | null;
}

interface SimilarRow extends Alternative {
  readonly asked: string;
}

/** A filter with what it means at the moment. */
export interface Scope {
  readonly filter: ResolvedFilter;
  /** Products in the catalogue. */
  readonly all: number;
  /** Products of its categories and state of stock, whatever else it asks. */
  readonly kept: number;
  /** Products that it finds, no more than one beyond the bound of counting, once they are counted. */
  found?: Promise<number>;
}

/**
 * Finds out what a filter means, once for a page and what belongs to it: total and facets share what the page of the
 * same filter object has found, and another page of that object begins anew.
 */
export class CatalogueScopes {
  private readonly known = new WeakMap<CatalogueFilter, Promise<Scope>>();

  constructor(private readonly read: Read) {}

  of(filter: CatalogueFilter): Promise<Scope> {
    return this.known.get(filter) ?? this.anew(filter);
  }

  /** @param reading that of a cursor; found anew where undefined */
  anew(filter: CatalogueFilter, reading?: string): Promise<Scope> {
    const scope = this.resolve(filter, reading);
    this.known.set(filter, scope);
    return scope;
  }

  forget(filter: CatalogueFilter): void {
    this.known.delete(filter);
  }

  private async resolve(filter: CatalogueFilter, given: string | undefined): Promise<Scope> {
    const { q, category, minPrice, maxPrice, inStock } = filter;
    const [row] = (await this.read(SCOPE, [category ?? null, inStock ?? null, q ?? null])) as ScopeRow[];
    if (row === undefined) throw new Error('A statement without a condition gave no row.');
    const words = row.words ?? [];
    const reading = given === undefined ? await this.newReading(words) : readReading(given);
    const search = q === undefined ? undefined : searchOf(q, row.key ?? '', words, reading, row.whole);
    const categories = row.categories ?? undefined;
    const categoriesFirst = categories !== undefined && categoriesAreFewer(row.kept, row.whole * (search?.told ?? 0));
    const resolved = { search, categories, minPrice, maxPrice, inStock, categoriesFirst };
    return { filter: resolved, all: row.whole, kept: row.kept };
  }

  private async newReading(words: readonly SearchWord[]): Promise<Reading> {
    const unknown = unknownWords(words);
    if (unknown.size === 0) return readingOf(words);
    const asked = [...new Set(unknown.values())];
    const pairs = asked.flatMap((word) => slipsOf(word).map((slip) => [word, slip] as const));
    const values = [pairs.map(([word]) => word), pairs.map(([, slip]) => slip), asked, MOST_ALTERNATIVES];
    const similar = (await this.read(SIMILAR, values)) as SimilarRow[];
    const places = [...unknown].map(([place, word]) => [place, similar.filter((row) => row.asked === word)] as const);
    return readingOf(words, new Map(places.filter(([, alternatives]) => alternatives.length > 0)));
  }
}
