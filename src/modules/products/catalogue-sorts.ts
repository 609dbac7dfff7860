import { InvalidInput } from '../../common/domain-error.js';
import { isUuid } from '../../common/ids.js';
import { decodeCursor } from '../../common/paging.js';

export const SORT_KEYS = ['relevance', 'price', '-price', 'name', '-name', 'createdAt', '-createdAt'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** A column or expression that a list is sorted by, over products `p`. */
export interface SortColumn {
  readonly sql: string;
  readonly type: string;
  /** Its value as a text that the database reads back without loss. */
  readonly text: string;
  readonly isValue: (text: string) => boolean;
}

/** An order: all its columns, and the id that settles ties, run in the same direction. */
export interface SortOrder {
  readonly columns: readonly SortColumn[];
  readonly direction: 'ASC' | 'DESC';
}

const PRICE: SortColumn = {
  sql: 'p.price',
  type: 'bigint',
  text: 'p.price::text',
  isValue: (text) => /^\d{1,15}$/.test(text),
};
const NAME: SortColumn = { sql: 'p.name', type: 'text', text: 'p.name', isValue: () => true };
const CREATED_AT: SortColumn = {
  sql: 'p.created_at',
  type: 'timestamptz',
  text: `to_char(p.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
  isValue: (text) =>
    /^[12]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/.test(text) && isRealDay(text.slice(0, 10), text),
};

function isRealDay(day: string, text: string): boolean {
  return !Number.isNaN(Date.parse(text)) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

const ORDERS: Readonly<Record<Exclude<SortKey, 'relevance'>, SortOrder>> = {
  price: { columns: [PRICE], direction: 'ASC' },
  '-price': { columns: [PRICE], direction: 'DESC' },
  name: { columns: [NAME], direction: 'ASC' },
  '-name': { columns: [NAME], direction: 'DESC' },
  createdAt: { columns: [CREATED_AT], direction: 'ASC' },
  '-createdAt': { columns: [CREATED_AT], direction: 'DESC' },
};

/** The order of a sort key; relevance orders by `score` and then by age, or by age alone where nothing is searched. */
export function orderOf(sort: SortKey, score: string | undefined): SortOrder {
  if (sort !== 'relevance') return ORDERS[sort];
  if (score === undefined) return ORDERS['-createdAt'];
  const relevance = {
    sql: score,
    type: 'integer',
    text: `(${score})::text`,
    isValue: (text: string) => /^[0-4]$/.test(text),
  };
  return { columns: [relevance, CREATED_AT], direction: 'DESC' };
}

/**
 * Reads the cursor of a list: the values of the sort columns and the id of the last row, after the sort that made it.
 * @throws {InvalidInput} where it is not one of this list in this order
 */
export function readCursor(cursor: string, sort: SortKey, order: SortOrder): string[] {
  const [madeFor, ...values] = decodeCursor(cursor, order.columns.length + 2);
  const texts = values.filter((value) => value !== null);
  const columns = [...order.columns, { isValue: isUuid }];
  const valid = texts.length === columns.length && columns.every(({ isValue }, index) => isValue(texts[index] ?? ''));
  if (madeFor !== sort || !valid) {
    throw InvalidInput.field('cursor', 'is not a cursor that this list has given in this order');
  }
  return texts;
}
