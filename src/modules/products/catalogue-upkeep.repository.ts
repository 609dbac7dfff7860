import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

/** Every row is deleted and summed by one statement, so that a reader finds what was there before or after. */
const SUM_COUNTS = statement(
  'catalogue.sumCounts',
  `WITH spread AS MATERIALIZED (
     SELECT whole, category_id, in_stock FROM catalogue_counts GROUP BY whole, category_id, in_stock
     HAVING count(*) > 1 OR sum(products) = 0 LIMIT $1::int
   ), gone AS (
     DELETE FROM catalogue_counts c USING spread s
     WHERE c.whole = s.whole AND c.in_stock = s.in_stock AND c.category_id IS NOT DISTINCT FROM s.category_id
     RETURNING c.whole, c.category_id, c.in_stock, c.products
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
}
