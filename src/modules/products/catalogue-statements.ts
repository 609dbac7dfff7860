import {
  besideWords,
  entriesOf,
  matches,
  Parameters,
  type Query,
  type ResolvedFilter,
  stocked,
  where,
  withinCategories,
  withinPrices,
} from './catalogue-filter.js';
import type { Strategy } from './catalogue-plan.js';
import { type Abundances, gatherRelevant, keysOf, tiersOfRelevance } from './catalogue-relevance.js';
import { orderOf, type Position, type SortKey, type SortOrder } from './catalogue-sorts.js';
import { asProductJson, PRODUCT_JSON } from './product-json.js';
import { FROM_PRODUCTS } from './product-row.js';

export type { CatalogueFilter } from './catalogue-filter.js';

/** Which rows of a list: from an offset, or after a cursor. */
export type CatalogueWindow =
  | { readonly limit: number; readonly offset: number }
  | { readonly limit: number; readonly cursor: string };

/** A page, and how it is found. */
export interface PageRequest {
  readonly filter: ResolvedFilter;
  readonly sort: SortKey;
  readonly strategy: Strategy;
  readonly limit: number;
  readonly offset: number;
  /** Whether the text is prepared, and so planned for whatever values. */
  readonly prepared?: boolean;
  /** For the tiers: how many products have the words. */
  readonly abundance?: Abundances;
  /** For what is gathered by relevance: the most matches, whose number is told as `matched` then. */
  readonly most?: number | undefined;
  /** Where it goes on; undefined at the start. */
  readonly position?: Position | undefined;
}

/** What the public sees of products `p`; the entries hold exactly these. */
export const VISIBLE = 'p.active AND p.archived_at IS NULL';

/** What words are compared with. */
const KEYS = 'e.sku_key, e.name_key, e.document';

const SORTED = 'e.product_id, e.price, e.name, e.created_at';

/** What a filter may look at. */
const FILTERED = ['e.category_id', 'e.in_stock', 'e.price', KEYS];

/** Texts of one page that is sorted by a column. */
class SortedPage {
  readonly parameters: Parameters;

  constructor(
    private readonly request: PageRequest,
    private readonly order: SortOrder,
  ) {
    this.parameters = new Parameters(request.prepared);
  }

  /** Inside the order, what the filter does not want is left out; a range of the order itself is where it begins. */
  walk(): string {
    const { filter } = this.request;
    const byPrice = this.order.column.sql === 'e.price';
    const range = byPrice ? withinPrices(filter, this.parameters) : [];
    const words = filter.search === undefined ? [] : [matches(filter.search, this.parameters)];
    const rest = byPrice
      ? [...withinCategories(filter, this.parameters), ...stocked(filter)]
      : besideWords(filter, this.parameters);
    const others = [...words, ...rest];
    // Without others, the index has all that is read.
    const columns = new Set(['e.product_id', this.order.column.sql, ...(others.length === 0 ? [] : FILTERED)]);
    // All columns, lest each row that is passed over be made into one of fewer.
    return `SELECT e.* FROM (
    SELECT ${[...columns].join(', ')} FROM catalogue_entries e ${where([...range, ...this.after()])} ORDER BY ${this.by()} OFFSET 0
  ) e ${where(others)} ${this.limit()}`;
  }

  gather(): string {
    const entries = entriesOf(this.request.filter, `${SORTED}, ${KEYS}`, this.parameters);
    return `WITH gathered AS MATERIALIZED (SELECT ${SORTED} ${entries})
  SELECT ${SORTED} FROM gathered e ${where(this.after())}
  ORDER BY ${this.by()} ${this.limit()}`;
  }

  merge(): string {
    const { filter, limit, offset } = this.request;
    const categories = this.parameters.once('categories', filter.categories, 'uuid[]');
    const inOne = ['e.category_id = c.id', ...withinPrices(filter, this.parameters), ...stocked(filter)];
    return `SELECT ${SORTED} FROM unnest(${categories}) AS c (id) CROSS JOIN LATERAL (
    SELECT ${SORTED} FROM catalogue_entries e ${where([...inOne, ...this.after()])} ORDER BY ${this.by()}
    LIMIT ${this.parameters.once('upTo', limit + offset, 'integer')}
  ) e ORDER BY ${this.by()} ${this.limit()}`;
  }

  private by(): string {
    const { column, direction } = this.order;
    return `${column.sql} ${direction}, e.product_id ${direction}`;
  }

  private after(): string[] {
    const { position } = this.request;
    if (position === undefined) return [];
    const { column, direction } = this.order;
    const value = this.parameters.once('after.value', position.values[0], column.type);
    const id = this.parameters.once('after.id', position.id, 'uuid');
    return [`(${column.sql}, e.product_id) ${direction === 'ASC' ? '>' : '<'} (${value}, ${id})`];
  }

  /** The values of a cursor behind a row. */
  keys(): string {
    const { search } = this.request.filter;
    if (search === undefined) return `ARRAY[${this.order.column.text}]`;
    return `ARRAY[${this.order.column.text}, ${this.parameters.once('reading', search.reading, 'text')}]`;
  }

  private limit(): string {
    const { limit, offset } = this.request;
    const most = `LIMIT ${this.parameters.once('limit', limit, 'integer')}`;
    return offset === 0 ? most : `${most} OFFSET ${this.parameters.once('offset', offset, 'integer')}`;
  }
}

/** Looked up row by row, whatever the planner expects of the page: OFFSET keeps it from joining with all products. */
const ITS_PRODUCT = 'WHERE p.id = page.product_id OFFSET 0';
const IN_PLACE = 'ORDER BY page.place';

/** The ids of one page in their order, with what is read of its products beside them. */
function pageOf(request: PageRequest, columns: string, products: string): Query {
  const { text, keys, values } = rowsOfPage(request);
  const [counted, matched] = request.most === undefined ? ['', ''] : [', e.matched', ', page.matched'];
  // The keys here, where only the page is left: below, they would be made for the rows of the pages before it, too.
  const whole = `WITH page AS MATERIALIZED (
  SELECT e.product_id, ${keys} AS cursor_key${counted}, row_number() OVER () AS place FROM (${text}) e
)
SELECT ${columns}${matched} FROM page ${products} ${IN_PLACE}`;
  return { text: whole, values };
}

const UNKNOWN: Abundances = { title: 'unknown', anywhere: 'unknown' };

/** The rows of a page in their order, and what the values of a cursor are made of, of a row `e`. */
interface PageRows extends Query {
  readonly keys: string;
}

function rowsOfPage(request: PageRequest): PageRows {
  const { filter, sort, strategy, limit, offset, position, abundance = UNKNOWN, most } = request;
  const order = orderOf(sort, filter.search !== undefined);
  if (order !== undefined) {
    const page = new SortedPage(request, order);
    const text = strategy === 'merge' ? page.merge() : strategy === 'gather' ? page.gather() : page.walk();
    return { text, keys: page.keys(), values: page.parameters.values };
  }
  if (filter.search === undefined) throw new Error('Nothing is searched, so nothing is more relevant.');
  const parameters = new Parameters(request.prepared);
  const part = { filter, search: filter.search, position, rows: { limit, offset }, abundance, most, parameters };
  const text = strategy === 'tiers' ? tiersOfRelevance(part) : gatherRelevant(part);
  return { text, keys: keysOf(part.search, parameters), values: parameters.values };
}

const WHOLE = asProductJson(', page.cursor_key', `${FROM_PRODUCTS} ${ITS_PRODUCT}`);
const VERSIONED = `CROSS JOIN LATERAL (SELECT p.id, p.version FROM products p ${ITS_PRODUCT}) p`;

/** The rows of one page as JSON, with the values of the cursor as `cursor_key`. */
export function listQuery(request: PageRequest): Query {
  return pageOf(request, PRODUCT_JSON, WHOLE);
}

/** Like {@link listQuery}, but tells only which products stand on the page, and at which version. */
export function pageOfIdsQuery(request: PageRequest): Query {
  return pageOf(request, 'p.id, p.version, page.cursor_key', VERSIONED);
}

function matched(columns: string, filter: ResolvedFilter, bound: number | undefined, parameters: Parameters): string {
  // A limit inside would tempt the planner to look through the whole table for the first few.
  const most = bound === undefined ? '' : ` LIMIT ${parameters.add(bound + 1, 'integer')}`;
  return `WITH matched AS MATERIALIZED (
  SELECT ${columns} ${entriesOf(filter, `e.product_id, e.category_id, e.price, ${KEYS}`, parameters)}
), counted AS (SELECT * FROM matched${most})`;
}

/** How many products a filter finds: no more than one beyond the bound. */
export function countQuery(filter: ResolvedFilter, bound: number | undefined): Query {
  const parameters = new Parameters();
  const text = `${matched('1', filter, bound, parameters)} SELECT count(*)::int AS found FROM counted`;
  return { text, values: parameters.values };
}

/** The lowest and the highest price among them: off the ends of an index, or of what is counted of a search. */
export function pricesQuery(filter: ResolvedFilter, bound: number | undefined): Query {
  const parameters = new Parameters();
  if (filter.search !== undefined) {
    const counted = matched('e.price', filter, bound, parameters);
    const text = `${counted} SELECT min(price) AS lowest, max(price) AS highest FROM counted`;
    return { text, values: parameters.values };
  }
  const [lowest, highest] = (['ASC', 'DESC'] as const).map((direction) => end(filter, direction, parameters));
  return { text: `SELECT (${lowest}) AS lowest, (${highest}) AS highest`, values: parameters.values };
}

function end(filter: ResolvedFilter, direction: 'ASC' | 'DESC', parameters: Parameters): string {
  const all = [...withinPrices(filter, parameters), ...stocked(filter)];
  const first = (conditions: readonly string[]): string =>
    `SELECT e.price FROM catalogue_entries e ${where(conditions)} ORDER BY e.price ${direction} LIMIT 1`;
  if (filter.categories === undefined) return first(all);
  const categories = parameters.once('categories', filter.categories, 'uuid[]');
  const one = first(['e.category_id = c.id', ...all]);
  return `SELECT ${direction === 'ASC' ? 'min' : 'max'}(e.price) FROM unnest(${categories}) AS c (id)
    CROSS JOIN LATERAL (${one}) e`;
}

const FULLEST = 'ORDER BY count DESC, c.slug LIMIT 100';

/** The fullest categories among what a filter finds, out of as many products as are counted. */
export function categoryFacetQuery(filter: ResolvedFilter, bound: number | undefined): Query {
  const parameters = new Parameters();
  const text = `${matched('e.category_id', filter, bound, parameters)}
SELECT c.slug, c.name, sum(k.products)::int AS count
FROM (SELECT category_id, count(*) AS products FROM counted GROUP BY category_id) k
JOIN categories c ON c.id = k.category_id GROUP BY c.id ${FULLEST}`;
  return { text, values: parameters.values };
}

/** The same out of the counts that are kept, where neither words nor prices are asked for. */
export function keptFacetQuery(filter: ResolvedFilter): Query {
  const parameters = new Parameters();
  const all = ['NOT e.whole', ...withinCategories(filter, parameters), ...stocked(filter)];
  const text = `SELECT c.slug, c.name, k.count FROM (
  SELECT e.category_id, sum(e.products)::int AS count FROM catalogue_counts e ${where(all)}
  GROUP BY e.category_id HAVING sum(e.products) > 0
) k JOIN categories c ON c.id = k.category_id ${FULLEST}`;
  return { text, values: parameters.values };
}
