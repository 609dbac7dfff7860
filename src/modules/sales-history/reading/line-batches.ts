import { setImmediate as turn } from 'node:timers/promises';
import { unguardCell } from '../../../platform/files/csv-cells.js';
import { CsvReader, type PlacedRecord } from '../../../platform/files/csv-reader.js';
import { textBlocks } from '../../../platform/files/text-blocks.js';
import { UnreadableFile } from '../../../platform/files/unreadable-file.js';
import type { ImportFormat, RefusedRow } from '../../products/imports.api.js';
import { placesOf, SALE_COLUMNS, type SaleMap, sourcesOf } from './sale-columns.js';
import { type LineProblem, LineReader, type RawLine, type SaleLine } from './sale-line.js';

/** Lines that are written together, and the rows between them that were refused. */
export interface LineBatch {
  readonly lines: readonly SaleLine[];
  readonly refused: readonly RefusedRow[];
  /** The last line of the file that is in it. */
  readonly line: number;
}

export interface Reading {
  readonly format: ImportFormat;
  readonly currency: string;
  readonly map: SaleMap | undefined;
  /** The last line that is done with already. */
  readonly after: number;
  readonly maxRows?: number | undefined;
}

/** Rows that are written in one transaction. */
const BATCH_ROWS = 5_000;

interface Row {
  readonly line: number;
  readonly raw?: RawLine;
  readonly problem?: LineProblem;
}

/** Gathers a batch. */
class Gathering {
  readonly lines: SaleLine[] = [];
  readonly refused: RefusedRow[] = [];
  line = 0;

  get rows(): number {
    return this.lines.length + this.refused.length;
  }

  add(line: number, read: SaleLine | LineProblem): void {
    this.line = line;
    if ('sku' in read) this.lines.push(read);
    else this.refused.push({ line, ...read });
  }
}

/**
 * Reads a file in batches: every row as a line of a sale, or why it is refused. Memory does not grow with the file.
 * @param source the file's bytes, not compressed
 * @throws {UnreadableFile} where the file breaks, after the rows before that
 */
export async function* lineBatches(source: AsyncIterable<Uint8Array>, reading: Reading): AsyncGenerator<LineBatch> {
  const reader = new RowReader(reading);
  let batch = new Gathering();
  try {
    for await (const rows of rowsOf(source, reading)) {
      for (const { line, read } of reader.read(rows)) {
        batch.add(line, read);
        if (batch.rows < BATCH_ROWS) continue;
        yield batch;
        batch = new Gathering();
      }
    }
  } catch (error) {
    if (error instanceof UnreadableFile && batch.rows > 0) yield batch;
    throw error;
  }
  if (batch.rows > 0) yield batch;
}

/** Reads those rows that are not done with yet. */
class RowReader {
  private readonly lines: LineReader;
  private readonly most: number;
  private rows = 0;

  constructor(private readonly reading: Reading) {
    this.lines = new LineReader(reading.currency);
    this.most = reading.maxRows ?? Number.POSITIVE_INFINITY;
  }

  *read(rows: Iterable<Row>): Generator<{ readonly line: number; readonly read: SaleLine | LineProblem }> {
    for (const { line, raw, problem } of rows) {
      this.rows += 1;
      if (this.rows > this.most)
        throw new UnreadableFile(line, `The file has more than ${this.most} rows`, 'too_many_rows');
      if (line <= this.reading.after) continue;
      const read = raw === undefined ? problem : this.lines.read(line, raw);
      if (read !== undefined) yield { line, read };
    }
  }
}

/** Rows by the piece: an asynchronous step for each would cost more than reading it. */
function rowsOf(source: AsyncIterable<Uint8Array>, { format, map }: Reading): AsyncIterable<Iterable<Row>> {
  return format === 'csv' ? csvRows(source, map) : ndjsonRows(source, map);
}

const malformed = (line: number, reason: string): Row => ({ line, problem: { column: '', code: 'malformed', reason } });

async function* csvRows(source: AsyncIterable<Uint8Array>, map: SaleMap | undefined): AsyncGenerator<Iterable<Row>> {
  let header: CsvHeader | undefined;
  for await (const piece of new CsvReader().pieces(source)) {
    const [first, ...rest] = piece;
    if (first === undefined) continue;
    if (header !== undefined) yield csvPiece(piece, header);
    else {
      header = { places: placesOf(first.record, map), width: first.record.length };
      yield csvPiece(rest, header);
    }
  }
  if (header === undefined) throw new UnreadableFile(1, 'The file is empty');
}

function* csvPiece(piece: readonly PlacedRecord[], header: CsvHeader): Generator<Row> {
  for (const placed of piece) {
    const row = csvRow(placed, header);
    if (row !== undefined) yield row;
  }
}

interface CsvHeader {
  readonly places: ReturnType<typeof placesOf>;
  readonly width: number;
}

/** Nothing for an empty line. */
function csvRow({ record, line, ended }: PlacedRecord, { places, width }: CsvHeader): Row | undefined {
  if (record.length === width) {
    const raw: { [column: string]: unknown } = {};
    for (const [column, index] of places) raw[column] = unguardCell(record[index] ?? '');
    return { line, raw };
  }
  if (record.length === 1 && record[0] === '') return undefined;
  if (!ended && record.length < width) throw new UnreadableFile(line, 'The file ends in the middle of a row');
  return malformed(line, `has ${record.length} columns instead of ${width}`);
}

async function* ndjsonRows(source: AsyncIterable<Uint8Array>, map: SaleMap | undefined): AsyncGenerator<Iterable<Row>> {
  const sources = sourcesOf(map);
  const known: ReadonlySet<string> | undefined = map === undefined ? new Set(SALE_COLUMNS) : undefined;
  for await (const { bytes, firstLine } of textBlocks(source)) {
    yield ndjsonPiece(bytes.toString('utf8').split('\n'), firstLine, sources, known);
    await turn();
  }
}

function* ndjsonPiece(
  texts: readonly string[],
  firstLine: number,
  sources: ReturnType<typeof sourcesOf>,
  known: ReadonlySet<string> | undefined,
): Generator<Row> {
  for (const [index, text] of texts.entries()) {
    if (text.trim() === '') continue;
    const line = firstLine + index;
    const row = objectOf(text);
    if (row === undefined && index === texts.length - 1)
      throw new UnreadableFile(line, 'The file ends in the middle of a row');
    if (row === undefined) yield malformed(line, 'is not a JSON object');
    else yield rowOf(line, row, sources, known);
  }
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function rowOf(
  line: number,
  row: Readonly<Record<string, unknown>>,
  sources: ReturnType<typeof sourcesOf>,
  known: ReadonlySet<string> | undefined,
): Row {
  const unknown = known === undefined ? undefined : Object.keys(row).find((name) => !known.has(name));
  if (unknown !== undefined) return malformed(line, `has an unknown field ${JSON.stringify(unknown.slice(0, 80))}`);
  const raw: { [column: string]: unknown } = {};
  for (const { column, theirs } of sources) if (Object.hasOwn(row, theirs)) raw[column] = row[theirs];
  return { line, raw };
}
