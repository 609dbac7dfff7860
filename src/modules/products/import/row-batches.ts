import { UnreadableFile } from '../../../platform/files/unreadable-file.js';
import { csvRows } from './csv-rows.js';
import { type ColumnMap } from './import-columns.js';
import type { RefusedRow } from './import-report.js';
import { parseRow, type ReadyRow } from './import-row.js';
import { ndjsonRows } from './ndjson-rows.js';
import type { FilledRow, RawRow } from './raw-row.js';
import { SkuSet } from './sku-set.js';

export type ImportFormat = 'csv' | 'ndjson';

/** Rows that are written together: those that can be, and what is wrong with the others. */
export interface RowBatch {
  readonly rows: readonly ReadyRow[];
  readonly problems: readonly RefusedRow[];
  readonly refused: number;
  /** The last line of it. */
  readonly line: number;
}

export interface ReadingOptions {
  readonly format: ImportFormat;
  readonly currency: string;
  readonly map?: ColumnMap | undefined;
  /** The last line that is done with already; what stands up to there is only remembered. */
  readonly after?: number | undefined;
  readonly maxRows?: number | undefined;
}

const BATCH_ROWS = 1_000;
/** Long descriptions make a batch shorter: what it holds is in memory several times while it is written. */
const BATCH_CHARS = 2_000_000;

/** All that is wrong with one row. */
type Refusal = readonly [RefusedRow, ...RefusedRow[]];

/** Gathers a batch. */
class Gathering {
  readonly rows: ReadyRow[] = [];
  readonly problems: RefusedRow[] = [];
  refused = 0;
  line = 0;
  private chars = 0;

  get full(): boolean {
    return this.rows.length + this.refused >= BATCH_ROWS || this.chars >= BATCH_CHARS;
  }

  get empty(): boolean {
    return this.line === 0;
  }

  add(read: ReadyRow | Refusal): void {
    if ('sku' in read) {
      this.line = read.line;
      this.rows.push(read);
      this.chars += read.name.length + (read.description?.length ?? 0) + 200;
    } else {
      this.line = read[0].line;
      this.problems.push(...read);
      this.refused += 1;
    }
  }
}

/**
 * Reads a file in batches: every row with what it means or why it is refused. Of rows with one SKU the first counts.
 * Memory does not grow with the file but for some bytes a SKU.
 * @param source the file's bytes, not compressed
 * @throws {UnreadableFile} where the file breaks, after the rows before that
 */
export async function* rowBatches(
  source: AsyncIterable<Uint8Array>,
  options: ReadingOptions,
): AsyncGenerator<RowBatch> {
  const reader = new RowReader(options);
  let batch = new Gathering();
  try {
    for await (const rows of rowsOf(source, options)) {
      for (const read of reader.read(rows)) {
        batch.add(read);
        if (!batch.full) continue;
        yield batch;
        batch = new Gathering();
      }
    }
  } catch (error) {
    if (error instanceof UnreadableFile && !batch.empty) yield batch;
    throw error;
  }
  if (!batch.empty) yield batch;
}

/** Reads those rows that are not done with yet. */
class RowReader {
  private readonly seen = new SkuSet();
  private rows = 0;

  constructor(private readonly options: ReadingOptions) {}

  *read(rows: Iterable<RawRow>): Generator<ReadyRow | Refusal> {
    const { currency, after = 0, maxRows = Number.POSITIVE_INFINITY } = this.options;
    for (const raw of rows) {
      this.rows += 1;
      if (this.rows > maxRows) {
        throw new UnreadableFile(raw.line, `The file has more than ${maxRows} rows`, 'too_many_rows');
      }
      // They count, or a file of line feeds would be read for hours.
      if (raw.blank) continue;
      const read = readRow(raw, currency, this.seen);
      if (raw.line > after) yield read;
    }
  }
}

function rowsOf(source: AsyncIterable<Uint8Array>, { format, map }: ReadingOptions): AsyncIterable<Iterable<RawRow>> {
  return format === 'csv' ? csvRows(source, map) : ndjsonRows(source, map);
}

function readRow(raw: FilledRow, currency: string, seen: SkuSet): ReadyRow | Refusal {
  const { line } = raw;
  if (raw.problem !== undefined) return [{ line, ...raw.problem }];
  const parsed = parseRow(raw.fields, currency, line);
  if (parsed.problems !== undefined) {
    const [first, ...others] = parsed.problems;
    return [{ line, ...first }, ...others.map((problem) => ({ line, ...problem }))];
  }
  const { product } = parsed;
  const earlier = seen.add(product.sku, line);
  if (earlier === undefined) return product;
  const reason = `${JSON.stringify(product.sku)} stands on line ${earlier} already`;
  return [{ line, column: 'sku', code: 'duplicate_sku', reason }];
}
