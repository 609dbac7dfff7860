import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

/** Every row is deleted and summed by one statement, so that a reader finds what was there before or after. */
const SUM_COUNTS = statement(
  'catalogue.sumCounts',
  `WITH spread AS MATERIALIZED (
     SELECT array_agg(id) AS ids FROM catalogue_counts GROUP BY whole, category_id, in_stock
     HAVING count(*) > 1 OR sum(products) = 0 LIMIT $1::int
   ), gone AS (
     DELETE FROM catalogue_counts WHERE id IN (SELECT unnest(ids) FROM spread)
     RETURNING whole, category_id, in_stock, products
   ), summed AS (
     INSERT INTO catalogue_counts (whole, category_id, in_stock, products)
     SELECT whole, category_id, in_stock, sum(products) FROM gone GROUP BY whole, category_id, in_stock
     HAVING sum(products) <> 0
   )
   SELECT count(*)::int AS rows FROM gone`,
);
const FORGET_WORDS = statement(
  'catalogue.forgetWords',
  `WITH batch AS MATERIALIZED (
     SELECT id, word FROM catalogue_words WHERE id > $1::bigint ORDER BY id LIMIT $2::int
   ), forgotten AS (
     DELETE FROM catalogue_words w USING batch b WHERE w.id = b.id AND (
       NOT EXISTS (SELECT FROM catalogue_entries e WHERE e.document @@ ('''' || b.word || '''')::tsquery)
       OR EXISTS (SELECT FROM catalogue_words other WHERE other.word = b.word AND other.id < b.id))
   )
   SELECT max(id) AS last FROM batch`,
);

/**
 * A sample tells frequent words well enough. Both statistics are of the same pages, and are written where they differ by
 * a fifth of what is kept.
 */
const COUNT_WORDS = statement(
  'catalogue.countWords',
  `WITH size AS MATERIALIZED (
     SELECT least(100, 100.0 * $1::int / greatest(sum(products), 1))::numeric(9, 6) AS percent
     FROM catalogue_counts WHERE whole
   ), texts AS MATERIALIZED (
     SELECT format('SELECT %s FROM catalogue_entries TABLESAMPLE SYSTEM (%s) REPEATABLE (%s)', '%s', percent, $2::int)
       AS text FROM size
   ), sampled AS MATERIALIZED (
     SELECT word COLLATE "C" AS word, max(products) AS products, max(titles) AS titles FROM (
       SELECT word, ndoc AS products, 0 AS titles FROM texts, ts_stat(format(text, 'document'))
       UNION ALL SELECT word, 0, ndoc FROM texts, ts_stat(format(text, 'title'))
     ) both_kinds GROUP BY word
   ), counted AS MATERIALIZED (
     SELECT w.id, round(coalesce(s.products, 0) * 100 / percent)::int AS products,
       round(coalesce(s.titles, 0) * 100 / percent)::int AS titles
     FROM catalogue_words w CROSS JOIN size LEFT JOIN sampled s ON s.word = w.word
   )
   UPDATE catalogue_words w SET products = c.products, titles = c.titles FROM counted c
   WHERE c.id = w.id AND (abs(c.products - w.products) * 5 > w.products OR abs(c.titles - w.titles) * 5 > w.titles)`,
);

/** Products in the sample that words are counted in. */
const SAMPLE = 30_000;

const KEYS_A_BATCH = 1_000;
const WORDS_A_BATCH = 200;

/** Keeps small what is added to with every change of the catalogue. */
@Injectable()
export class CatalogueUpkeepRepository extends BaseRepository {
  /** Sums up counts of which there is more than one row; gives the number of rows that were summed. */
  async sumCounts(): Promise<number> {
    return (await this.first<{ rows: number }>(SUM_COUNTS, [KEYS_A_BATCH]))?.rows ?? 0;
  }

  /**
   * Forgets words that no product has any more, and those that are there twice, among the next after an id.
   * @returns the id after which to go on; undefined at the end
   */
  async forgetWords(after: bigint): Promise<bigint | undefined> {
    return (await this.first<{ last: bigint | null }>(FORGET_WORDS, [after, WORDS_A_BATCH]))?.last ?? undefined;
  }

  /**
   * Counts in a sample how many products have each word; gives the number of words whose frequency has changed.
   * @param seed another sample for another seed
   */
  countWords(seed: number): Promise<number> {
    return this.affect(COUNT_WORDS, [SAMPLE, seed]);
  }
}
