import { statement } from '../../platform/database/statement.js';
import { COUNTRY, CUSTOMER, DAY, MONTH, NO_CATEGORY, SLOT, UNSUMMED_SQL } from './facts.statements.js';

const KEYS = 'status, country, customer, lines';

/** Adds rows to a table of sums; `by` names its key and how it is found, `measures` what is added up. */
function adding(table: string, by: Readonly<Record<string, string>>, units: boolean, from: string, where = ''): string {
  const names = [...Object.keys(by), 'country', 'status'];
  const measures = units ? ['sales', 'units', 'revenue'] : ['sales', 'revenue'];
  const sums = units ? 'sum(sign), sum(sign * units), sum(sign * revenue)' : 'sum(sign), sum(sign * revenue)';
  const places = names.map((_, index) => index + 1).join(', ');
  return `INSERT INTO ${table} (${[...names, ...measures].join(', ')})
    SELECT ${[...Object.values(by), 'country', 'status'].join(', ')}, ${sums} FROM ${from}${where}
    GROUP BY ${places} ORDER BY ${places}
    ON CONFLICT (${names.join(', ')}) DO UPDATE
    SET ${measures.map((name) => `${name} = ${table}.${name} + EXCLUDED.${name}`).join(', ')}`;
}

const BY_CATEGORY = [
  adding('analytics_category_days', { day: DAY, category_id: 'category_id' }, true, 'by_category'),
  adding('analytics_category_months', { month: MONTH, category_id: 'category_id' }, true, 'by_category'),
];

const byCategoryOf = (lines: string): string =>
  `SELECT id, sign, placed_at, status, country, category_id, sum(units)::bigint AS units, sum(revenue)::bigint AS revenue
   FROM ${lines} GROUP BY 1, 2, 3, 4, 5, 6`;

const WRITES = [
  adding('analytics_slots', { slot: SLOT }, true, 'by_sale'),
  adding('analytics_product_days', { day: DAY, product_id: 'product_id' }, true, 'lines'),
  adding('analytics_product_months', { month: MONTH, product_id: 'product_id' }, true, 'lines'),
  ...BY_CATEGORY,
  adding(
    'analytics_customer_days',
    { day: DAY, customer: 'customer' },
    false,
    'by_sale',
    ' WHERE customer IS NOT NULL',
  ),
  adding(
    'analytics_customer_months',
    { month: MONTH, customer: 'customer' },
    false,
    'by_sale',
    ' WHERE customer IS NOT NULL',
  ),
];

const LINES = (states: string): string =>
  `SELECT m.id, m.sign, m.placed_at, m.status, m.country, m.customer, i.product_id,
     coalesce(p.category_id, '${NO_CATEGORY}') AS category_id,
     sum(i.quantity)::bigint AS units, sum(i.line_total - i.discount)::bigint AS revenue
   FROM ${states} m JOIN sale_items i ON i.sale_id = m.id AND i.line_no <= m.lines JOIN products p ON p.id = i.product_id
   GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`;

/** One process at a time changes the sums; the lock ends with its transaction. */
export const ALONE = statement('analytics.alone', 'SELECT pg_advisory_xact_lock(7236410)');

/**
 * Brings the sums up to date with the next `$1` marks: of each sale, what the sums have of it is taken away, and what it
 * is now added; a sale of which both are the same is left alone. A mark is seen only with the change that it is about.
 */
export const ROLL_UP = statement(
  'analytics.rollUp',
  `WITH taken AS (
     DELETE FROM analytics_pending
     WHERE position IN (SELECT position FROM analytics_pending ORDER BY position LIMIT $1::int) RETURNING sale_id),
   ids AS MATERIALIZED (SELECT DISTINCT sale_id FROM taken),
   fresh AS MATERIALIZED (
     SELECT s.id, s.placed_at, s.status, ${COUNTRY} AS country, ${CUSTOMER} AS customer,
       (SELECT max(i.line_no) FROM sale_items i WHERE i.sale_id = s.id) AS lines
     FROM ids JOIN sales s ON s.id = ids.sale_id WHERE s.status NOT IN (${UNSUMMED_SQL})),
   old AS MATERIALIZED (
     SELECT s.id, s.placed_at, a.status, a.country, a.customer, a.lines
     FROM ids JOIN analytics_sales a ON a.sale_id = ids.sale_id JOIN sales s ON s.id = ids.sale_id),
   states AS MATERIALIZED (
     SELECT id, 1 AS sign, placed_at, ${KEYS} FROM (SELECT * FROM fresh EXCEPT SELECT * FROM old) f
     UNION ALL SELECT id, -1, placed_at, ${KEYS} FROM (SELECT * FROM old EXCEPT SELECT * FROM fresh) o),
   lines AS MATERIALIZED (${LINES('states')}),
   by_sale AS MATERIALIZED (
     SELECT id, sign, placed_at, status, country, customer, sum(units)::bigint AS units, sum(revenue)::bigint AS revenue
     FROM lines GROUP BY 1, 2, 3, 4, 5, 6),
   by_category AS MATERIALIZED (${byCategoryOf('lines')}),
   ${WRITES.map((write, index) => `w${index} AS (${write})`).join(',\n')},
   noted AS (
     INSERT INTO analytics_sales (sale_id, ${KEYS}) SELECT id, ${KEYS} FROM states WHERE sign = 1
     ON CONFLICT (sale_id) DO UPDATE SET status = EXCLUDED.status, country = EXCLUDED.country,
       customer = EXCLUDED.customer, lines = EXCLUDED.lines)
   SELECT count(*)::int AS sales FROM ids`,
);

/** Marks sales as changed. */
export const MARK = statement(
  'analytics.mark',
  'INSERT INTO analytics_pending (sale_id) SELECT id FROM unnest($1::uuid[]) AS changed (id)',
);

/** Takes the marks that products were moved; what is read afterwards sees where they are. */
export const TAKE_MOVED = statement('analytics.takeMoved', 'DELETE FROM analytics_moved_products');

export const CLEAR_CATEGORIES = [
  statement('analytics.clearCategoryDays', 'DELETE FROM analytics_category_days'),
  statement('analytics.clearCategoryMonths', 'DELETE FROM analytics_category_months'),
];

/** Sums by category anew, of what the sums have of each sale. */
export const REFILL_CATEGORIES = statement(
  'analytics.refillCategories',
  `WITH states AS (
     SELECT s.id, 1 AS sign, s.placed_at, a.status, a.country, a.customer, a.lines
     FROM analytics_sales a JOIN sales s ON s.id = a.sale_id),
   lines AS (${LINES('states')}),
   by_category AS MATERIALIZED (${byCategoryOf('lines')}),
   ${BY_CATEGORY.map((write, index) => `w${index} AS (${write})`).join(',\n')}
   SELECT count(*)::int AS rows FROM by_category`,
);

const SUM_TABLES = [
  'slots',
  'product_days',
  'product_months',
  'category_days',
  'category_months',
  'customer_days',
  'customer_months',
  'sales',
  'pending',
];

/** Forgets all sums. Not TRUNCATE: who reads meanwhile must see all of them, or none and every mark. */
export const FORGET = SUM_TABLES.map((name) => statement(`analytics.forget.${name}`, `DELETE FROM analytics_${name}`));

export const MARK_ALL = statement(
  'analytics.markAll',
  `INSERT INTO analytics_pending (sale_id)
   SELECT id FROM sales WHERE status NOT IN (${UNSUMMED_SQL}) ORDER BY placed_at, id`,
);

export const WAITING = statement('analytics.waiting', 'SELECT count(*)::int AS marks FROM analytics_pending');

/** The tables are small and read whole; memory is for the sorting of long histories. */
export const AT_LARGE = [
  statement('analytics.atLarge', 'SET LOCAL enable_seqscan = on'),
  statement('analytics.roomy', `SET LOCAL work_mem = '64MB'`),
];
