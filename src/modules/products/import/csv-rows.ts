import { unguardCell } from '../../../platform/files/csv-cells.js';
import { CsvReader } from '../../../platform/files/csv-reader.js';
import { UnreadableFile } from '../../../platform/files/unreadable-file.js';
import { type ColumnMap, type ColumnPlace, gather, placesOf, type RawFields } from './import-columns.js';
import type { RawRow } from './raw-row.js';

/**
 * Rows of a CSV file (RFC 4180) with a header.
 * @throws {UnreadableFile} where the file breaks, after the rows before that
 */
export async function* csvRows(source: AsyncIterable<Uint8Array>, map?: ColumnMap): AsyncGenerator<RawRow> {
  const reader = new CsvReader();
  let places: readonly ColumnPlace[] | undefined;
  let width = 0;
  for await (const { record, line, ended } of reader.read(source)) {
    if (places === undefined) {
      places = placesOf(record, map);
      width = record.length;
    } else if (record.length === width) {
      yield { line, fields: fieldsOf(record, places) };
    } else if (record.length > 1 || record[0] !== '') {
      if (!ended && record.length < width) throw new UnreadableFile(line, 'The file ends in the middle of a row');
      const reason = `has ${record.length} columns instead of ${width}`;
      yield { line, problem: { column: '', code: 'malformed', reason } };
    } else yield { line, blank: true };
  }
  if (places === undefined) throw new UnreadableFile(1, 'The file is empty');
}

function fieldsOf(record: readonly string[], places: readonly ColumnPlace[]): RawFields {
  return gather(places, ({ index }) => unguardCell(record[index] ?? ''));
}
