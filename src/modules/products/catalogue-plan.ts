/**
 * How a page is found. PostgreSQL would choose by itself if it planned every list anew and knew which filters go
 * together; prepared statements are planned once, and how many products a filter finds is known here.
 *
 * - `walk`: along the index of the order, leaving out what the filter does not want
 * - `gather`: everything the filter wants, sorted
 * - `merge`: the first of each category, sorted
 * - `tiers`: the classes of relevance one after another, until the page is full
 */
export type Strategy = 'walk' | 'gather' | 'merge' | 'tiers';

/** What is known of a list before its page is read. */
export interface ListFacts {
  /** Products in the catalogue. */
  readonly all: number;
  /** Products that the filter finds. */
  readonly found: number;
  /** Whether that is their number, not an estimate or a bound that counting has reached. */
  readonly isExact: boolean;
  /** Categories that it names, with those below; undefined where it names none. */
  readonly categories: number | undefined;
  readonly searched: boolean;
  readonly byRelevance: boolean;
  /** Rows up to the end of the page, those before it included. */
  readonly rows: number;
}

/** As many rows are gathered and sorted about as fast as a page is walked to. */
export const MOST_GATHERED = 2_500;

/** Looking into the index of one more category costs about as much as so many rows of a walk. */
const COST_OF_A_CATEGORY = 12;

export function strategyOf(facts: ListFacts): Strategy {
  const { all, found, isExact, categories, searched, byRelevance, rows } = facts;
  if (found === all && !searched) return 'walk';
  if (found <= MOST_GATHERED && isExact) return 'gather';
  if (byRelevance && searched) return 'tiers';
  if (categories === undefined || searched) return 'walk';
  const walked = (rows * all) / found;
  const merged = categories * (COST_OF_A_CATEGORY + Math.min(rows, found / categories));
  return merged < walked ? 'merge' : 'walk';
}

/** From here on, words are frequent: the next product that has them is a few hundred rows away. */
const FREQUENT = 5_000;

/** Catalogues up to this size are counted to the end, whatever is asked. */
const COUNTED_WHOLE = 20_000;

/** In larger ones, the count of a search ends here: each product costs a look at its row. */
const SEARCH_BOUND = 1_000;

/** The count of a range of prices ends here: an index tells. */
const PRICE_BOUND = 10_000;

/** How far the products of a list are counted that no kept count tells; undefined for to the end. */
export function countBound(all: number, searched: boolean): number | undefined {
  if (all <= COUNTED_WHOLE) return undefined;
  return searched ? SEARCH_BOUND : PRICE_BOUND;
}

/** An entry that is found by its category and compared with the words costs as much as so many that the index of words tells. */
const COST_OF_COMPARING = 6;

/**
 * Whether to look through the products of categories for words, rather than to ask the index of words.
 * @param kept products in the categories
 * @param told products that the index of words has to tell, word for word
 */
export function categoriesAreFewer(kept: number, told: number): boolean {
  return kept * COST_OF_COMPARING < told;
}

/**
 * How many products have all words of a search, as far as statistics tell; in catalogues that are counted whole they are
 * not asked. `few` are counted, `some` and `frequent` ones are estimated.
 */
export type Abundance = 'few' | 'some' | 'frequent' | 'unknown';

export function abundanceOf(estimate: number | undefined, all: number): Abundance {
  if (estimate === undefined || all <= COUNTED_WHOLE) return 'unknown';
  if (estimate >= FREQUENT) return 'frequent';
  return estimate >= SEARCH_BOUND ? 'some' : 'few';
}
