import { unguardCell } from '../../../platform/files/csv-cells.js';
import { CsvReader, type PlacedRecord } from '../../../platform/files/csv-reader.js';
import { UnreadableFile } from '../../../platform/files/unreadable-file.js';
import { type ColumnMap, type ColumnPlace, gather, placesOf, type RawFields } from './import-columns.js';
import type { RawRow } from './raw-row.js';

/**
 * Rows of a CSV file (RFC 4180) with a header, by the piece: an asynchronous step for each would cost more than reading
 * it.
 * @throws {UnreadableFile} where the file breaks, after the rows before that
 */
export async function* csvRows(source: AsyncIterable<Uint8Array>, map?: ColumnMap): AsyncGenerator<Iterable<RawRow>> {
  let header: Header | undefined;
  for await (const piece of new CsvReader().pieces(source)) {
    const [first, ...rest] = piece;
    if (first === undefined) continue;
    if (header !== undefined) yield rowsOf(piece, header);
    else {
      header = { places: placesOf(first.record, map), width: first.record.length };
      yield rowsOf(rest, header);
    }
  }
  if (header === undefined) throw new UnreadableFile(1, 'The file is empty');
}

interface Header {
  readonly places: readonly ColumnPlace[];
  readonly width: number;
}

function* rowsOf(piece: readonly PlacedRecord[], header: Header): Generator<RawRow> {
  for (const placed of piece) yield rowOf(placed, header);
}

function rowOf({ record, line, ended }: PlacedRecord, { places, width }: Header): RawRow {
  if (record.length === width) return { line, fields: fieldsOf(record, places) };
  if (record.length === 1 && record[0] === '') return { line, blank: true };
  if (!ended && record.length < width) throw new UnreadableFile(line, 'The file ends in the middle of a row');
  const reason = `has ${record.length} columns instead of ${width}`;
  return { line, problem: { column: '', code: 'malformed', reason } };
}

function fieldsOf(record: readonly string[], places: readonly ColumnPlace[]): RawFields {
  return gather(places, ({ index }) => unguardCell(record[index] ?? ''));
}
