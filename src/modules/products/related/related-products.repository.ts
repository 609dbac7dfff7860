import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';
import { PRODUCT_COLUMNS, type ProductRow } from '../product-row.js';

/** Sales with a product that are looked at, the latest first: what sells by the thousand needs no more to tell. */
const MOST_SALES = 1_000;
/** Lines of each; imported sales of wholesalers may have very many, which say little of each other. */
const MOST_LINES = 100;
/** What is bought together with a product most often; the closest of these are kept. */
const MOST_CANDIDATES = 50;
/** As many as are kept: more than are shown, since some will have left the catalogue by then. */
const MOST_KEPT = 30;

const CONFIRMED = `s.status IN ('confirmed', 'shipped', 'delivered')`;
const VISIBLE = 'p.active AND p.archived_at IS NULL';

/** Products whose turn it is: never worked out first, then those for whom it is longest ago. */
const DUE = statement(
  'related.due',
  `SELECT p.id FROM products p LEFT JOIN related_products r ON r.product_id = p.id
   WHERE p.archived_at IS NULL AND (r.computed_at IS NULL OR r.computed_at < $1)
   ORDER BY r.computed_at NULLS FIRST, p.id LIMIT $2`,
);

/**
 * Works out what was bought together with the products $1 in confirmed sales since $2, and replaces what is known.
 * Closeness is Jaccard's index: sales with both, of the sales with either. Fewer than $3 sales with both say nothing.
 * A sale's id is a UUIDv7, so the index on products and sales gives the latest first.
 */
const COMPUTE = statement(
  'related.compute',
  `WITH baskets AS MATERIALIZED (
     SELECT asked.id AS product_id, b.sale_id
     FROM unnest($1::uuid[]) AS asked (id) CROSS JOIN LATERAL (
       SELECT DISTINCT i.sale_id FROM sale_items i JOIN sales s ON s.id = i.sale_id
       WHERE i.product_id = asked.id AND ${CONFIRMED} AND s.placed_at >= $2::timestamptz
       ORDER BY i.sale_id DESC LIMIT ${MOST_SALES}) b
   ), sold AS (
     SELECT product_id, count(*) AS sales FROM baskets GROUP BY product_id
   ), pairs AS (
     SELECT b.product_id, o.product_id AS related_id, count(DISTINCT b.sale_id) AS together
     FROM baskets b CROSS JOIN LATERAL (
       SELECT i.product_id FROM sale_items i WHERE i.sale_id = b.sale_id ORDER BY i.line_no LIMIT ${MOST_LINES}) o
     WHERE o.product_id <> b.product_id
     GROUP BY b.product_id, o.product_id HAVING count(DISTINCT b.sale_id) >= $3::int
   ), candidates AS (
     SELECT * FROM (
       SELECT pairs.*, row_number() OVER (PARTITION BY product_id ORDER BY together DESC, related_id) AS rank FROM pairs
     ) ranked WHERE rank <= ${MOST_CANDIDATES}
   ), others AS (
     SELECT c.related_id, b.sales
     FROM (SELECT DISTINCT related_id FROM candidates) c CROSS JOIN LATERAL (
       SELECT count(*) AS sales FROM (
         SELECT DISTINCT i.sale_id FROM sale_items i JOIN sales s ON s.id = i.sale_id
         WHERE i.product_id = c.related_id AND ${CONFIRMED} AND s.placed_at >= $2::timestamptz
         ORDER BY i.sale_id DESC LIMIT ${MOST_SALES}) latest) b
   ), scored AS (
     SELECT c.product_id, c.related_id, c.together,
       c.together::float8 / greatest(1, sold.sales + others.sales - c.together) AS closeness
     FROM candidates c JOIN sold USING (product_id) JOIN others USING (related_id)
   ), found AS (
     SELECT product_id, array_agg(related_id ORDER BY closeness DESC, together DESC, related_id) AS related_ids
     FROM scored GROUP BY product_id
   )
   INSERT INTO related_products (product_id, related_ids, computed_at)
   SELECT asked.id, coalesce(found.related_ids[1:${MOST_KEPT}], '{}'), $4::timestamptz
   FROM unnest($1::uuid[]) AS asked (id) LEFT JOIN found ON found.product_id = asked.id
   ON CONFLICT (product_id) DO UPDATE SET related_ids = excluded.related_ids, computed_at = excluded.computed_at`,
);

/** The visible products that were bought together with one, closest first. */
const BOUGHT_TOGETHER = statement(
  'related.boughtTogether',
  `SELECT ${PRODUCT_COLUMNS}
   FROM related_products r CROSS JOIN unnest(r.related_ids) WITH ORDINALITY AS near (id, place)
     JOIN products p ON p.id = near.id LEFT JOIN categories c ON c.id = p.category_id
   WHERE r.product_id = $1 AND ${VISIBLE} ORDER BY near.place LIMIT $2`,
);

/** Visible products of the same category that are no variants of it, in stock and newest first. */
const OF_CATEGORY = statement(
  'related.ofCategory',
  `SELECT ${PRODUCT_COLUMNS}
   FROM products one JOIN products p ON p.category_id = one.category_id AND p.id <> one.id
     LEFT JOIN categories c ON c.id = p.category_id
   WHERE one.id = $1 AND ${VISIBLE} AND p.id <> ALL ($2::uuid[])
     AND (one.group_id IS NULL OR p.group_id IS DISTINCT FROM one.group_id)
   ORDER BY p.stock > 0 DESC, p.created_at DESC, p.id LIMIT $3`,
);

/** What was bought together. Reads sales, and writes what it finds in them. */
@Injectable()
export class RelatedProductsRepository extends BaseRepository {
  /** Ids of up to `most` products that were last looked at before a moment, or never. */
  async due(before: Date, most: number): Promise<string[]> {
    return (await this.rows<{ id: string }>(DUE, [before, most])).map(({ id }) => id);
  }

  /**
   * Works out anew what was bought together with some products.
   * @param since sales before it do not count
   * @param support sales with both that it takes to say anything
   */
  async compute(ids: readonly string[], since: Date, support: number, now: Date): Promise<void> {
    await this.affect(COMPUTE, [ids, since, support, now]);
  }

  boughtTogether(id: string, most: number): Promise<ProductRow[]> {
    return this.rows<ProductRow>(BOUGHT_TOGETHER, [id, most]);
  }

  /** @param without ids that are not wanted */
  ofSameCategory(id: string, without: readonly string[], most: number): Promise<ProductRow[]> {
    return this.rows<ProductRow>(OF_CATEGORY, [id, without, most]);
  }
}
