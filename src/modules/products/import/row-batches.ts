import { UnreadableFile } from '../../../platform/files/unreadable-file.js';
import { csvRows } from './csv-rows.js';
import { type ColumnMap } from './import-columns.js';
import type { ReadyRow } from './import-plan.js';
import type { RefusedRow } from './import-report.js';
import { parseRow } from './import-row.js';
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

  add(line: number, read: ReadyRow | readonly RefusedRow[]): void {
    this.line = line;
    if ('sku' in read) {
      this.rows.push(read);
      this.chars += read.name.length + (read.description?.length ?? 0) + 200;
    } else {
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
  const { after = 0, maxRows = Number.POSITIVE_INFINITY } = options;
  const seen = new SkuSet();
  let batch = new Gathering();
  let count = 0;
  try {
    for await (const raw of rowsOf(source, options)) {
      count += 1;
      if (count > maxRows)
        throw new UnreadableFile(raw.line, `The file has more than ${maxRows} rows`, 'too_many_rows');
      // They count, or a file of line feeds would be read for hours.
      if (raw.blank) continue;
      const read = readRow(raw, options.currency, seen);
      if (raw.line <= after) continue;
      batch.add(raw.line, read);
      if (!batch.full) continue;
      yield batch;
      batch = new Gathering();
    }
  } catch (error) {
    if (error instanceof UnreadableFile && !batch.empty) yield batch;
    throw error;
  }
  if (!batch.empty) yield batch;
}

function rowsOf(source: AsyncIterable<Uint8Array>, { format, map }: ReadingOptions): AsyncIterable<RawRow> {
  return format === 'csv' ? csvRows(source, map) : ndjsonRows(source, map);
}

function readRow(raw: FilledRow, currency: string, seen: SkuSet): ReadyRow | readonly RefusedRow[] {
  const { line } = raw;
  if (raw.problem !== undefined) return [{ line, ...raw.problem }];
  const parsed = parseRow(raw.fields, currency);
  if (parsed.problems !== undefined) return parsed.problems.map((problem) => ({ line, ...problem }));
  const { product } = parsed;
  const earlier = seen.add(product.sku, line);
  if (earlier === undefined) return { line, ...product };
  const reason = `${JSON.stringify(product.sku)} stands on line ${earlier} already`;
  return [{ line, column: 'sku', code: 'duplicate_sku', reason }];
}
