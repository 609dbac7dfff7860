import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { UnreadableFile } from '../../../platform/files/unreadable-file.js';
import { AuditApi } from '../../audit/audit.api.js';
import { CatalogueCache } from '../catalogue.cache.js';
import { CategoryNotFound } from '../products.errors.js';
import { type BatchMark, type BatchResult, type Earlier, ImportBatchService } from './batch.service.js';
import type { CategoryIds } from './category-finder.service.js';
import { Contested } from './import.errors.js';
import type { ColumnMap } from './import-columns.js';
import { type BatchStep, type ImportReport, type RefusedRow, Tally } from './import-report.js';
import { InTurn } from './in-turn.js';
import { type ImportFormat, type RowBatch, rowBatches } from './row-batches.js';

export interface ImportOptions {
  readonly format: ImportFormat;
  readonly map?: ColumnMap | undefined;
  /** Do everything, and take it back. */
  readonly dryRun?: boolean | undefined;
  /** Hears of each bad row; one row may have several problems. */
  readonly onRefused?: (row: RefusedRow) => void;
  /** The last line that an earlier run has done with. */
  readonly after?: number | undefined;
  readonly maxRows?: number | undefined;
  /**
   * Writes down how far the import is, in the transaction of each batch (of a dry run, in one of its own). Where it
   * throws, the batch is taken back and the import ends.
   */
  readonly keep?: (step: BatchStep) => Promise<void>;
}

/** Ids of categories that are remembered from batch to batch. */
const MOST_KNOWN = 20_000;

class TakenBack extends Error {
  constructor(readonly result: BatchResult) {
    super('A dry run keeps nothing.');
  }
}

interface MarkedBatch extends RowBatch {
  readonly mark: BatchMark;
}

/** The third takes what two leave of the processors, while one of them waits for its turn. */
const WRITTEN_AT_A_TIME = 3;

/** What is known from one batch to the next. */
class Memory implements Earlier {
  /** Never emptied, but replaced: a batch that is under way goes on with those that it began with. */
  categories: CategoryIds = new Map();
  contested = false;
  readonly made = new Set<string>();

  /** @param keep whether the categories of a batch are there for the next */
  add({ categories: { ids, made } }: BatchResult, keep: boolean): void {
    for (const slug of made) this.made.add(slug);
    if (!keep) return;
    if (this.categories.size > MOST_KNOWN) this.forgetCategories();
    for (const [key, id] of ids) this.categories.set(key, id);
  }

  forgetCategories(): void {
    this.categories = new Map();
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
   * tells of each product with its batch, and of the run when it begins and when it ends; of that of a job, whoever
   * runs it tells.
   * @param source the file's bytes, not compressed
   */
  async run(source: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<ImportReport> {
    if (options.dryRun || options.keep !== undefined) return this.read(source, options);
    const subject = { subjectType: 'catalogue_import', subjectId: newId() };
    const record = (action: string, after: object): Promise<void> =>
      this.uow.run(() => this.audit.record({ ...subject, action, after: { ...after } }));
    await record('catalogue.import_started', { format: options.format });
    const report = await this.read(source, options);
    await record('catalogue.imported', report);
    return report;
  }

  /** While some batches are written, the next is read. */
  private async read(source: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<ImportReport> {
    const tally = new Tally();
    const memory = new Memory();
    const writing = new InTurn(
      this.writtenAtATime,
      (error) => error instanceof CategoryNotFound || this.uow.ranOutOfTime(error),
    );
    let broken: UnreadableFile | undefined;
    const reading = { ...options, currency: this.config.STORE_CURRENCY };
    try {
      for await (const batch of rowBatches(source, reading)) {
        const mark = this.batches.mark(batch.rows);
        await writing.add({
          mayRunAhead: () => this.batches.isSelfContained(batch.rows, memory.categories),
          run: async (turn) => tally.add(await this.write({ ...batch, mark }, options, memory, turn)),
        });
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      broken = error;
    } finally {
      await writing.end();
    }
    return tally.report(broken);
  }

  /** What follows a commit may need a connection while the batches behind hold theirs. */
  private get writtenAtATime(): number {
    return Math.min(WRITTEN_AT_A_TIME, Math.max(1, this.config.DATABASE_POOL_SIZE - 1));
  }

  /** Whether there has never been a product. */
  isEmpty(): Promise<boolean> {
    return this.batches.isEmpty();
  }

  /** @param turn comes when the batch before has been written down */
  private async write(
    batch: MarkedBatch,
    options: ImportOptions,
    memory: Memory,
    turn: () => Promise<void>,
  ): Promise<BatchStep> {
    const { dryRun = false, keep } = options;
    let step: BatchStep | undefined;
    try {
      const { result, late } = await this.uncommitted(dryRun, async () => {
        const written = await this.writeRows(batch, memory);
        await turn();
        step = stepOf(batch, written, memory);
        if (!dryRun) await keep?.(step);
        return written;
      });
      memory.add(result, !dryRun);
      const done = step ?? stepOf(batch, result, memory);
      if (late) await keep?.(done);
      for (const row of done.problems) options.onRefused?.(row);
      return done;
    } catch (error) {
      if (error instanceof CategoryNotFound) memory.forgetCategories();
      throw error;
    }
  }

  private async writeRows({ rows, mark }: MarkedBatch, memory: Memory): Promise<BatchResult> {
    try {
      return await this.batches.write(rows, mark, memory);
    } catch (error) {
      // Whoever it was, be it the batch before, is likely to go on.
      if (error instanceof Contested) memory.contested = true;
      throw error;
    }
  }

  /** Commits what `write` does, or takes it back where it is a dry run; `late` tells that nothing of it stands. */
  private async uncommitted(dryRun: boolean, write: () => Promise<BatchResult>) {
    try {
      const result = await this.uow.run(async () => {
        const written = await write();
        if (dryRun) throw new TakenBack(written);
        if (written.categories.made.length > 0) this.uow.afterCommit(() => this.cache.categoriesChanged());
        return written;
      });
      return { result, late: false };
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error;
      return { result: error.result, late: true };
    }
  }
}

function stepOf(batch: RowBatch, result: BatchResult, memory: Memory): BatchStep {
  const late = result.refused.map(({ line, problem }) => ({ line, ...problem }));
  return {
    line: batch.line,
    processed: batch.rows.length + batch.refused,
    created: result.created,
    updated: result.updated,
    unchanged: result.unchanged,
    refused: batch.refused + result.refused.length,
    categories: result.categories.made.filter((slug) => !memory.made.has(slug)).length,
    problems: [...batch.problems, ...late],
  };
}
