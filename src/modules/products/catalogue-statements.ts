import { orderOf, readCursor, type SortKey, type SortOrder } from './catalogue-sorts.js';
import { PRODUCT_COLUMNS } from './product-row.js';

/** Which products a list holds. Prices are in minor units. */
export interface CatalogueFilter {
  readonly q?: string | undefined;
  readonly category?: string | undefined;
  readonly minPrice?: bigint | undefined;
  readonly maxPrice?: bigint | undefined;
  readonly inStock?: boolean | undefined;
}

/** Which rows of it: from an offset, or after a cursor. */
export type CatalogueWindow =
  | { readonly limit: number; readonly offset: number }
  | { readonly limit: number; readonly cursor: string };

/** An SQL text, the same for every request of the same shape, and the values of its parameters. */
export interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What the public sees; the partial indexes of the catalogue hold exactly these. */
export const VISIBLE = 'p.active AND p.archived_at IS NULL';

/** A text as a LIKE pattern that matches it literally. */
export function literalPattern(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** Gathers parameters while a text is written. */
class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

interface Conditions {
  readonly where: string;
  /** How well a product matches what is searched, from 0 to 4. Called only where it is used: it has a parameter. */
  readonly score?: () => string;
}

function search(q: string, parameters: Parameters): Required<Conditions> {
  const literal = literalPattern(q);
  const starts = parameters.add(`${literal}%`, 'text');
  const contains = parameters.add(`%${literal}%`, 'text');
  return {
    where: `(p.sku ILIKE ${starts} OR p.name ILIKE ${contains} OR p.description ILIKE ${contains})`,
    score: () => `CASE WHEN p.sku ILIKE ${parameters.add(literal, 'text')} THEN 4 WHEN p.sku ILIKE ${starts} THEN 3
      WHEN p.name ILIKE ${starts} THEN 2 WHEN p.name ILIKE ${contains} THEN 1 ELSE 0 END`,
  };
}

const below = (slug: string): string => `p.category_id IN (
    WITH RECURSIVE tree AS (
      SELECT id FROM categories WHERE slug = ${slug}
      UNION
      SELECT child.id FROM categories child JOIN tree ON child.parent_id = tree.id
    ) SELECT id FROM tree)`;

function conditionsOf(filter: CatalogueFilter, parameters: Parameters): Conditions {
  const { q, category, minPrice, maxPrice, inStock } = filter;
  const all = [VISIBLE];
  const found = q === undefined ? undefined : search(q, parameters);
  if (found !== undefined) all.push(found.where);
  if (category !== undefined) all.push(below(parameters.add(category, 'text')));
  if (minPrice !== undefined) all.push(`p.price >= ${parameters.add(minPrice, 'bigint')}`);
  if (maxPrice !== undefined) all.push(`p.price <= ${parameters.add(maxPrice, 'bigint')}`);
  if (inStock !== undefined) all.push(inStock ? 'p.stock > 0' : 'p.stock = 0');
  const where = all.join(' AND ');
  return found === undefined ? { where } : { where, score: found.score };
}

function afterCursor(cursor: string, sort: SortKey, order: SortOrder, parameters: Parameters): string {
  const values = readCursor(cursor, sort, order);
  const columns = [...order.columns, { sql: 'p.id', type: 'uuid' }];
  const bound = columns.map(({ type }, index) => parameters.add(values[index], type));
  const sign = order.direction === 'ASC' ? '>' : '<';
  return ` AND (${columns.map(({ sql }) => sql).join(', ')}) ${sign} (${bound.join(', ')})`;
}

/** The ids of one page in their order, with what is read beside them. */
function pageQuery(
  filter: CatalogueFilter,
  sort: SortKey,
  window: CatalogueWindow,
  beside: { readonly columns: string; readonly join: string },
): Query {
  const parameters = new Parameters();
  const { where, score } = conditionsOf(filter, parameters);
  const order = orderOf(sort, sort === 'relevance' ? score?.() : undefined);
  const after = 'cursor' in window && window.cursor !== '' ? afterCursor(window.cursor, sort, order, parameters) : '';
  const by = [...order.columns.map(({ sql }) => sql), 'p.id'].map((sql) => `${sql} ${order.direction}`).join(', ');
  const limit = `LIMIT ${parameters.add(window.limit, 'integer')}`;
  const offset = 'offset' in window ? ` OFFSET ${parameters.add(window.offset, 'integer')}` : '';
  const keys = order.columns.map(({ text }) => text).join(', ');
  const text = `WITH page AS MATERIALIZED (
  SELECT p.id FROM products p WHERE ${where}${after} ORDER BY ${by} ${limit}${offset}
)
SELECT ${beside.columns}, ARRAY[${keys}] AS cursor_key
FROM page JOIN products p ON p.id = page.id ${beside.join}
ORDER BY ${by}`;
  return { text, values: parameters.values };
}

/**
 * The rows of one page, with the values of the cursor as `cursor_key`. The page is found first, where an index can do
 * so alone, and only its rows are read whole.
 * @throws {InvalidInput} where the cursor is not one of this list
 */
export function listQuery(filter: CatalogueFilter, sort: SortKey, window: CatalogueWindow): Query {
  const beside = { columns: PRODUCT_COLUMNS, join: 'LEFT JOIN categories c ON c.id = p.category_id' };
  return pageQuery(filter, sort, window, beside);
}

/** Like {@link listQuery}, but tells only which products stand on the page, and at which version. */
export function pageOfIdsQuery(filter: CatalogueFilter, sort: SortKey, window: CatalogueWindow): Query {
  return pageQuery(filter, sort, window, { columns: 'p.id, p.version', join: '' });
}

/** How many products a filter finds, and between which prices. */
export function summaryQuery(filter: CatalogueFilter, withPrices: boolean): Query {
  const parameters = new Parameters();
  const { where } = conditionsOf(filter, parameters);
  const prices = withPrices ? ', min(p.price) AS lowest, max(p.price) AS highest' : '';
  return { text: `SELECT count(*)::int AS total${prices} FROM products p WHERE ${where}`, values: parameters.values };
}

/** The fullest categories among what a filter finds. */
export function categoryFacetQuery(filter: CatalogueFilter): Query {
  const parameters = new Parameters();
  const { where } = conditionsOf(filter, parameters);
  const text = `SELECT c.slug, c.name, count(*)::int AS count
FROM products p JOIN categories c ON c.id = p.category_id
WHERE ${where} GROUP BY c.id ORDER BY count(*) DESC, c.slug LIMIT 100`;
  return { text, values: parameters.values };
}
