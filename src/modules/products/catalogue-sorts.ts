import { InvalidInput } from '../../common/domain-error.js';
import { isUuid } from '../../common/ids.js';
import { decodeCursor } from '../../common/paging.js';
import { isReading } from './catalogue-search.js';

export const SORT_KEYS = ['relevance', 'price', '-price', 'name', '-name', 'createdAt', '-createdAt'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** A column of the entries `e` that a list is sorted by. */
export interface SortColumn {
  readonly sql: string;
  readonly type: string;
  /** Its value as a text that the database reads back without loss. */
  readonly text: string;
  readonly isValue: (text: string) => boolean;
}

/** An order: its column, and the id that settles ties, run in the same direction. */
export interface SortOrder {
  readonly column: SortColumn;
  readonly direction: 'ASC' | 'DESC';
}

const PRICE: SortColumn = {
  sql: 'e.price',
  type: 'bigint',
  text: 'e.price::text',
  isValue: (text) => /^\d{1,15}$/.test(text),
};
const NAME: SortColumn = { sql: 'e.name', type: 'text', text: 'e.name', isValue: () => true };
const CREATED_AT: SortColumn = {
  sql: 'e.created_at',
  type: 'timestamptz',
  text: `to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
  isValue: (text) =>
    /^[12]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/.test(text) && isRealDay(text.slice(0, 10), text),
};

function isRealDay(day: string, text: string): boolean {
  return !Number.isNaN(Date.parse(text)) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

const ORDERS: Readonly<Record<Exclude<SortKey, 'relevance'>, SortOrder>> = {
  price: { column: PRICE, direction: 'ASC' },
  '-price': { column: PRICE, direction: 'DESC' },
  name: { column: NAME, direction: 'ASC' },
  '-name': { column: NAME, direction: 'DESC' },
  createdAt: { column: CREATED_AT, direction: 'ASC' },
  '-createdAt': { column: CREATED_AT, direction: 'DESC' },
};

/** The order of a sort key; undefined for relevance, which classes what is searched. */
export function orderOf(sort: SortKey, searched: boolean): SortOrder | undefined {
  if (sort !== 'relevance') return ORDERS[sort];
  return searched ? undefined : ORDERS['-createdAt'];
}

/** Where a next page goes on. */
export interface Position {
  /** Values of the sort, as texts: of its column, or the class, key and number of relevance. */
  readonly values: readonly string[];
  readonly id: string;
  /** How the words that are searched are taken; empty where nothing is searched. */
  readonly reading: string;
}

type Check = (text: string) => boolean;

const RELEVANCE: readonly Check[] = [
  (text) => /^[2-6]$/.test(text),
  (text) => text.length <= 300,
  (text) => /^\d{1,18}$/.test(text),
];

/**
 * Reads the cursor of a list: the sort that made it, its values, the reading of what is searched, and the id of
 * the last row.
 * @throws {InvalidInput} where it is not one of this list in this order
 */
export function readCursor(cursor: string, sort: SortKey, searched: boolean): Position {
  const order = orderOf(sort, searched);
  const values = order === undefined ? RELEVANCE : [order.column.isValue];
  const checks = [(text: string) => text === sort, ...values, ...(searched ? [isReading] : []), isUuid];
  const texts = decodeCursor(cursor, checks.length).filter((text) => text !== null);
  if (texts.length !== checks.length || !checks.every((check, index) => check(texts[index] ?? ''))) {
    throw InvalidInput.field('cursor', 'is not a cursor that this list has given in this order');
  }
  const end = 1 + values.length;
  return { values: texts.slice(1, end), reading: searched ? (texts[end] ?? '') : '', id: texts.at(-1) ?? '' };
}
