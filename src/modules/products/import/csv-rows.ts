import { CsvError, type Info, type Parser, parse } from 'csv-parse';
import { type ColumnMap, type ColumnPlace, placesOf, type RawFields, UnreadableFile } from './import-columns.js';
import type { RawRow } from './raw-row.js';
import { MAX_LINE_BYTES, textBlocks } from './text-blocks.js';

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: Info;
}

/**
 * Rows of a CSV file (RFC 4180) with a header.
 * @throws {UnreadableFile} where the file breaks, after the rows before that
 */
export async function* csvRows(source: AsyncIterable<Uint8Array>, map?: ColumnMap): AsyncGenerator<RawRow> {
  let places: readonly ColumnPlace[] | undefined;
  let width = 0;
  let line = 1;
  for await (const { record, info, last } of records(source)) {
    if (places === undefined) {
      places = placesOf(record, map);
      width = record.length;
    } else if (record.length !== 1 || record[0] !== '') {
      yield record.length === width
        ? { line, fields: fieldsOf(record, places) }
        : misshapen(line, record.length, width, last);
    }
    line = info.lines + 1;
  }
  if (places === undefined) throw new UnreadableFile(1, 'The file is empty');
}

function fieldsOf(record: readonly string[], places: readonly ColumnPlace[]): RawFields {
  return Object.fromEntries(places.map(({ column, index }) => [column, record[index]]));
}

/** A last row that is too short and not ended by a line break was cut off; any other one is a bad row. */
function misshapen(line: number, length: number, width: number, last: boolean): RawRow {
  if (last && length < width) throw new UnreadableFile(line, 'The file ends in the middle of a row');
  const reason = `has ${length} columns instead of ${width}`;
  return { line, problem: { column: '', code: 'malformed', reason } };
}

/** Records in order; `last` marks one that no line break ended. */
async function* records(source: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord & { readonly last: boolean }> {
  const parser = parse({ info: true, relax_column_count: true, max_record_size: MAX_LINE_BYTES });
  let failure: Error | undefined;
  parser.on('error', (error) => {
    failure = error;
  });
  for await (const { bytes } of textBlocks(source)) {
    parser.write(bytes);
    yield* drain(parser);
    if (parser.errored) throw broken(parser.errored, parser);
  }
  parser.end();
  await new Promise((resolve) => {
    parser.once('readable', resolve).once('end', resolve).once('error', resolve);
  });
  for (const rest of drain(parser)) yield { ...rest, last: true };
  if (failure !== undefined) throw broken(failure, parser);
}

// Read by hand: when the source fails, a stream that it is piped into loses what it had parsed before.
function* drain(parser: Parser): Generator<CsvRecord & { readonly last: boolean }> {
  for (let next = parser.read(); next !== null; next = parser.read()) yield { ...(next as CsvRecord), last: false };
}

function broken(error: Error, parser: Parser): UnreadableFile {
  if (!(error instanceof CsvError)) throw error;
  const message =
    error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? 'The file ends inside quotes'
      : error.code === 'CSV_MAX_RECORD_SIZE'
        ? `A record is longer than ${MAX_LINE_BYTES} bytes; a closing quote may be missing`
        : 'A quote stands where none may; quotes inside a quoted field are doubled';
  return new UnreadableFile(parser.info.lines, message);
}
