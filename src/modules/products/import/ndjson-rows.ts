import { setImmediate as turn } from 'node:timers/promises';
import { textBlocks } from '../../../platform/files/text-blocks.js';
import { UnreadableFile } from '../../../platform/files/unreadable-file.js';
import {
  type ColumnMap,
  type ColumnSource,
  gather,
  IMPORT_COLUMNS,
  isImportColumn,
  type RawFields,
  sourcesOf,
} from './import-columns.js';
import type { RawRow } from './raw-row.js';

/**
 * Rows of a file with one JSON object a line, by the piece; empty lines say nothing.
 * @throws {UnreadableFile} where the file breaks, after the rows before that
 */
export async function* ndjsonRows(
  source: AsyncIterable<Uint8Array>,
  map?: ColumnMap,
): AsyncGenerator<Iterable<RawRow>> {
  const columns = sourcesOf(map);
  for await (const { bytes, firstLine } of textBlocks(source)) {
    yield rowsOf(bytes.toString('utf8').split('\n'), firstLine, columns, map === undefined);
    await turn();
  }
}

function* rowsOf(
  texts: readonly string[],
  firstLine: number,
  columns: readonly ColumnSource[],
  strict: boolean,
): Generator<RawRow> {
  for (const [index, text] of texts.entries()) {
    const line = firstLine + index;
    // Only the last line of a file can be without a line feed behind it.
    const last = index === texts.length - 1;
    if (text.trim() !== '') yield readLine(text, line, columns, strict, last);
    else if (!last) yield { line, blank: true };
  }
}

function readLine(
  text: string,
  line: number,
  columns: readonly ColumnSource[],
  strict: boolean,
  last: boolean,
): RawRow {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    if (last) throw new UnreadableFile(line, 'The file ends in the middle of a row');
    return { line, problem: { column: '', code: 'malformed', reason: 'is not JSON' } };
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    return { line, problem: { column: '', code: 'malformed', reason: 'is not an object' } };
  }
  const unknown = strict ? Object.keys(row).find((key) => !isImportColumn(key)) : undefined;
  if (unknown !== undefined) {
    const reason = `has an unknown field ${JSON.stringify(unknown.slice(0, 80))}; known are ${IMPORT_COLUMNS.join(', ')}`;
    return { line, problem: { column: '', code: 'malformed', reason } };
  }
  return { line, fields: fieldsOf(row as Readonly<Record<string, unknown>>, columns) };
}

function fieldsOf(row: Readonly<Record<string, unknown>>, columns: readonly ColumnSource[]): RawFields {
  return gather(columns, ({ theirs }) => (Object.hasOwn(row, theirs) ? row[theirs] : undefined));
}
