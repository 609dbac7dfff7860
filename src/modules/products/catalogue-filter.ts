import { type Search, SHORTEST_PREFIX } from './catalogue-search.js';

/** Which products a list holds. Prices are in minor units. */
export interface CatalogueFilter {
  readonly q?: string | undefined;
  readonly category?: string | undefined;
  readonly minPrice?: bigint | undefined;
  readonly maxPrice?: bigint | undefined;
  readonly inStock?: boolean | undefined;
}

/** The same, as its statements need it. */
export interface ResolvedFilter {
  readonly search?: Search | undefined;
  /** Ids of the category and those below it. */
  readonly categories?: readonly string[] | undefined;
  readonly minPrice?: bigint | undefined;
  readonly maxPrice?: bigint | undefined;
  readonly inStock?: boolean | undefined;
  /** So few products are in the categories that those are looked through, not the index of words. */
  readonly categoriesFirst?: boolean | undefined;
}

/** An SQL text, the same for every request of the same shape, and the values of its parameters. */
export interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Gathers parameters while a text is written; the same value in the same place of a text is one parameter. */
export class Parameters {
  readonly values: unknown[] = [];
  private readonly named = new Map<string, string>();

  /**
   * @param hidden whether the planner should expect the same of all values. It keeps one plan for a prepared text only where
   *   that looks no dearer than those made for the values of the moment; to make these takes as long as to run them.
   */
  constructor(private readonly hidden = false) {}

  add(value: unknown, type: string): string {
    const parameter = `$${this.values.push(value)}::${type}`;
    return this.hidden ? `(SELECT ${parameter})::${type}` : parameter;
  }

  /** Like {@link add}, but once for each name. */
  once(name: string, value: unknown, type: string): string {
    const known = this.named.get(name) ?? this.add(value, type);
    this.named.set(name, known);
    return known;
  }
}

/** Entries whose key begins with what is searched. In the collation "C", no text that begins so sorts behind the end. */
export function beginsWith(column: string, { key }: Search, parameters: Parameters): string {
  const start = parameters.once('key', key, 'text');
  const end = parameters.once('key.end', `${key}\u{10FFFF}`, 'text');
  return `(${column} >= ${start} AND ${column} < ${end})`;
}

/** Whether the search is long enough for what only begins with it. */
export function hasPrefix({ key, tsquery }: Search): boolean {
  return tsquery !== '' && key.length >= SHORTEST_PREFIX;
}

/** Entries that have all words, or are called so. */
export function matches(search: Search, parameters: Parameters): string {
  if (search.tsquery === '') {
    const sku = parameters.once('text', search.text, 'text');
    return `e.product_id = (SELECT id FROM products WHERE sku = ${sku})`;
  }
  const words = `e.document @@ ${parameters.once('tsquery', search.tsquery, 'tsquery')}`;
  if (!hasPrefix(search)) return `(${words} OR e.sku_key = ${parameters.once('key', search.key, 'text')})`;
  const [sku, name] = ['e.sku_key', 'e.name_key'].map((column) => beginsWith(column, search, parameters));
  return `(${words} OR ${sku} OR ${name})`;
}

/** The range of prices. */
export function withinPrices({ minPrice, maxPrice }: ResolvedFilter, parameters: Parameters): string[] {
  const all: string[] = [];
  if (minPrice !== undefined) all.push(`e.price >= ${parameters.once('minPrice', minPrice, 'bigint')}`);
  if (maxPrice !== undefined) all.push(`e.price <= ${parameters.once('maxPrice', maxPrice, 'bigint')}`);
  return all;
}

export function withinCategories({ categories }: ResolvedFilter, parameters: Parameters): string[] {
  return categories === undefined
    ? []
    : [`e.category_id = ANY (${parameters.once('categories', categories, 'uuid[]')})`];
}

/** The kept state of the stock. Part of the text: either state is a plan of its own. */
export function stocked({ inStock }: ResolvedFilter): string[] {
  return inStock === undefined ? [] : [inStock ? 'e.in_stock' : 'NOT e.in_stock'];
}

/** What else is asked for beside the words. */
export function besideWords(filter: ResolvedFilter, parameters: Parameters): string[] {
  return [...withinCategories(filter, parameters), ...withinPrices(filter, parameters), ...stocked(filter)];
}

/** Everything that is asked for. */
export function conditionsOf(filter: ResolvedFilter, parameters: Parameters): string[] {
  const words = filter.search === undefined ? [] : [matches(filter.search, parameters)];
  return [...words, ...besideWords(filter, parameters)];
}

/** Conditions as a clause; nothing where there are none. */
export function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

/** The entries that are asked for, as a FROM clause with its conditions. */
export function entriesOf(filter: ResolvedFilter, columns: string, parameters: Parameters): string {
  if (!filter.categoriesFirst || filter.search === undefined) {
    return `FROM catalogue_entries e ${where(conditionsOf(filter, parameters))}`;
  }
  const first = where(besideWords(filter, parameters));
  const then = where([matches(filter.search, parameters)]);
  // The offset keeps the two apart.
  return `FROM (SELECT ${columns} FROM catalogue_entries e ${first} OFFSET 0) e ${then}`;
}
