import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AuditApi } from '../../audit/audit.api.js';
import { CatalogueCache } from '../catalogue.cache.js';
import { CategoryNotFound } from '../products.errors.js';
import { type BatchResult, ImportBatchService } from './batch.service.js';
import { csvRows } from './csv-rows.js';
import { type ColumnMap, UnreadableFile } from './import-columns.js';
import type { ReadyRow } from './import-plan.js';
import { parseRow, type RowProblem } from './import-row.js';
import { ndjsonRows } from './ndjson-rows.js';
import type { RawRow } from './raw-row.js';

export type ImportFormat = 'csv' | 'ndjson';

/** A row that was not imported. */
export interface RefusedRow extends RowProblem {
  readonly line: number;
}

export interface ImportOptions {
  readonly format: ImportFormat;
  readonly map?: ColumnMap | undefined;
  /** Do everything, and take it back. */
  readonly dryRun?: boolean | undefined;
  /** Hears of each bad row; one row may have several problems. */
  readonly onRefused?: (row: RefusedRow) => void;
}

/** What an import has done. Each row is counted once, as created, updated, unchanged or refused. */
export interface ImportReport {
  readonly processed: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
  /** Categories that were made. */
  readonly categories: number;
  /** Where the file could not be read on, and why; the rows before that line are in. */
  readonly broken?: { readonly line: number; readonly message: string };
}

const BATCH_ROWS = 500;

class TakenBack extends Error {
  constructor(readonly result: BatchResult) {
    super('A dry run keeps nothing.');
  }
}

/** What is known while a file is read: little more than its SKUs, whatever its size. */
class Progress {
  processed = 0;
  created = 0;
  updated = 0;
  unchanged = 0;
  refused = 0;
  readonly categories = new Set<string>();
  readonly lines = new Map<string, number>();

  constructor(private readonly onRefused: (row: RefusedRow) => void) {}

  refuse(line: number, problems: readonly RowProblem[]): void {
    this.refused += 1;
    for (const problem of problems) this.onRefused({ line, ...problem });
  }

  add(result: BatchResult): void {
    this.created += result.created;
    this.updated += result.updated;
    this.unchanged += result.unchanged;
    for (const slug of result.categories) this.categories.add(slug);
    for (const { line, problem } of result.refused) this.refuse(line, [problem]);
  }

  report(broken?: UnreadableFile): ImportReport {
    const { processed, created, updated, unchanged, refused, categories } = this;
    const counts = { processed, created, updated, unchanged, refused, categories: categories.size };
    return broken === undefined ? counts : { ...counts, broken: { line: broken.line, message: broken.message } };
  }
}

/**
 * Imports a catalogue: a product for each row, found by its SKU. It may be run again at any time: rows that say what
 * is there already change nothing.
 */
@Injectable()
export class CatalogueImportService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly batches: ImportBatchService,
    private readonly cache: CatalogueCache,
    private readonly audit: AuditApi,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Reads a file to its end, or to where it breaks, and imports every good row before that, in batches. The audit log
   * tells of each product with its batch, and of the run when it begins and when it ends.
   * @param source the file's bytes, not compressed
   */
  async run(source: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<ImportReport> {
    if (options.dryRun) return this.read(source, options);
    const subject = { subjectType: 'catalogue_import', subjectId: newId() };
    const record = (action: string, after: object): Promise<void> =>
      this.uow.run(() => this.audit.record({ ...subject, action, after: { ...after } }));
    await record('catalogue.import_started', { format: options.format });
    const report = await this.read(source, options);
    await record('catalogue.imported', report);
    return report;
  }

  private async read(source: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<ImportReport> {
    const progress = new Progress(options.onRefused ?? (() => undefined));
    const dryRun = options.dryRun ?? false;
    let batch: ReadyRow[] = [];
    let broken: UnreadableFile | undefined;
    try {
      for await (const raw of rowsOf(source, options)) {
        const row = this.ready(raw, progress);
        if (row !== undefined) batch.push(row);
        if (batch.length === BATCH_ROWS) {
          await this.write(batch, dryRun, progress);
          batch = [];
        }
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      broken = error;
    }
    if (batch.length > 0) await this.write(batch, dryRun, progress);
    return progress.report(broken);
  }

  /** Whether there has never been a product. */
  isEmpty(): Promise<boolean> {
    return this.batches.isEmpty();
  }

  /** The row, where it can be written. */
  private ready(raw: RawRow, progress: Progress): ReadyRow | undefined {
    const { line } = raw;
    progress.processed += 1;
    const parsed =
      raw.problem === undefined ? parseRow(raw.fields, this.config.STORE_CURRENCY) : { problems: [raw.problem] };
    if (parsed.problems !== undefined) {
      progress.refuse(line, parsed.problems);
      return undefined;
    }
    const { product } = parsed;
    const earlier = progress.lines.get(product.sku);
    if (earlier !== undefined) {
      const reason = `${JSON.stringify(product.sku)} stands on line ${earlier} already`;
      progress.refuse(line, [{ column: 'sku', code: 'duplicate_sku', reason }]);
      return undefined;
    }
    progress.lines.set(product.sku, line);
    return { line, ...product };
  }

  private async write(rows: readonly ReadyRow[], dryRun: boolean, progress: Progress): Promise<void> {
    try {
      progress.add(await this.writeOnce(rows, dryRun));
    } catch (error) {
      if (!(error instanceof CategoryNotFound)) throw error;
      progress.add(await this.writeOnce(rows, dryRun));
    }
  }

  private async writeOnce(rows: readonly ReadyRow[], dryRun: boolean): Promise<BatchResult> {
    try {
      return await this.uow.run(async () => {
        const result = await this.batches.write(rows);
        if (dryRun) throw new TakenBack(result);
        if (result.categories.length > 0) this.uow.afterCommit(() => this.cache.categoriesChanged());
        return result;
      });
    } catch (error) {
      if (error instanceof TakenBack) return error.result;
      throw error;
    }
  }
}

function rowsOf(source: AsyncIterable<Uint8Array>, { format, map }: ImportOptions): AsyncIterable<RawRow> {
  return format === 'csv' ? csvRows(source, map) : ndjsonRows(source, map);
}
