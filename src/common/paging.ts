import { InvalidInput } from './domain-error.js';
import { isUuid } from './ids.js';

/** Which part of a list is asked for: by offset, or by keyset after a cursor ('' starts one). */
export interface PageRequest {
  readonly page: number;
  readonly perPage: number;
  readonly cursor?: string | undefined;
}

/** One part of a list. `page` and `total` are absent under keyset paging. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly page?: number;
  readonly perPage: number;
  readonly total?: number;
  readonly nextCursor: string | null;
}

const MAX_OFFSET = 10_000;

/**
 * Rows to skip for an offset page.
 * @throws {InvalidInput} naming `cursor` where the offset is so deep that keyset paging must be used
 */
export function offsetOf(request: PageRequest): number {
  const offset = (request.page - 1) * request.perPage;
  if (offset > MAX_OFFSET) {
    throw InvalidInput.field('cursor', `must be used in place of page beyond the first ${MAX_OFFSET} rows`);
  }
  return offset;
}

/** An opaque cursor: the sort key and id of the last row of a page. */
export function encodeCursor(values: readonly (string | null)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/**
 * Reads a cursor back.
 * @throws {InvalidInput} where it was not made by {@link encodeCursor} with as many values
 */
export function decodeCursor(cursor: string, length: number): (string | null)[] {
  const refuse = (): never => {
    throw InvalidInput.field('cursor', 'is not a cursor that this list has given');
  };
  if (!/^[\w-]{1,2000}$/.test(cursor)) return refuse();
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const valid =
      Array.isArray(values) &&
      values.length === length &&
      values.every((value) => value === null || (typeof value === 'string' && !value.includes('\u0000')));
    return valid ? values : refuse();
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    return refuse();
  }
}

/**
 * The id in the cursor of a list that is ordered by id alone; undefined at its start.
 * @throws {InvalidInput} where it holds none
 */
export function cursorId(cursor: string | undefined): string | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  const [id] = decodeCursor(cursor, 1);
  if (typeof id !== 'string' || !isUuid(id))
    throw InvalidInput.field('cursor', 'is not a cursor that this list has given');
  return id;
}

/**
 * Cuts a page out of rows that were read with one more than `perPage`, and makes the cursor of the next.
 * @param keyOf the sort key and id of a row, as the list's cursor holds them
 */
export function toPage<R, T>(
  rows: readonly R[],
  request: PageRequest,
  total: number | undefined,
  keyOf: (row: R) => readonly (string | null)[],
  map: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, request.perPage);
  const last = shown.at(-1);
  const nextCursor = rows.length > request.perPage && last !== undefined ? encodeCursor(keyOf(last)) : null;
  const items = shown.map(map);
  if (request.cursor !== undefined) return { items, perPage: request.perPage, nextCursor };
  return { items, page: request.page, perPage: request.perPage, total: total ?? items.length, nextCursor };
}
