import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { AppCache } from '../../platform/cache/app-cache.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { UnreadableFile } from '../../platform/files/unreadable-file.js';
import {
  type BatchStep,
  type Importer,
  type ImportReport,
  type ImportRun,
  ImportsApi,
  Tally,
} from '../products/imports.api.js';
import { BatchWriter, Known, stepOf, type Written } from './batch-writer.service.js';
import { type LineBatch, lineBatches } from './reading/line-batches.js';
import { parseSaleMap, type SaleMap } from './reading/sale-columns.js';
import type { Demand } from './stocked/stock-demand.js';
import { StockedImport } from './stocked/stocked-import.service.js';

class TakenBack extends Error {
  constructor(readonly written: Written & { readonly demands?: readonly Demand[] }) {
    super('A dry run keeps nothing.');
  }
}

/** Imports sales of another system: rows of one number are one sale. */
@Injectable()
export class SalesHistoryService implements Importer, OnModuleInit {
  readonly kind = 'sales';

  constructor(
    private readonly imports: ImportsApi,
    private readonly batches: BatchWriter,
    private readonly stocked: StockedImport,
    private readonly uow: UnitOfWork,
    private readonly cache: AppCache,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.imports.register(this);
  }

  parseMap(text: string): SaleMap {
    return parseSaleMap(text);
  }

  /**
   * Reads a file to its end, or to where it breaks, and brings in every good row before that, in batches: each with its
   * progress in one transaction. While a batch is written, the next is read.
   */
  async run(source: AsyncIterable<Uint8Array>, run: ImportRun): Promise<ImportReport> {
    const tally = new Tally();
    const { format, after, maxRows } = run;
    const reading = {
      format,
      after,
      maxRows,
      map: run.map as SaleMap | undefined,
      currency: this.config.STORE_CURRENCY,
    };
    if (run.moveStock && !run.dryRun) return this.stocked.run(lineBatches(source, reading), run);
    const spent = new Map<string, number>();
    const known = new Known();
    let broken: UnreadableFile | undefined;
    let writing: Promise<void> = Promise.resolve();
    const write = async (batch: LineBatch): Promise<void> => {
      tally.add(await this.write(batch, run, known, spent));
    };
    try {
      for await (const batch of lineBatches(source, reading)) {
        await writing;
        writing = write(batch);
        // It is awaited before the next batch or at the end; until then nobody is there to hear of its failure.
        writing.catch(() => undefined);
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      broken = error;
    } finally {
      await writing;
    }
    return tally.report(broken);
  }

  /** @param spent stock that a dry run has given out, which it adds to */
  private async write(batch: LineBatch, run: ImportRun, known: Known, spent: Map<string, number>) {
    const { dryRun, importId, keep, onRefused } = run;
    for (const row of batch.refused) onRefused?.(row);
    let step: BatchStep | undefined;
    try {
      await this.uow.run(async () => {
        known.begin();
        if (dryRun) throw new TakenBack(await this.tryOut(batch, run, known, spent));
        const written = await this.batches.write(batch.lines, importId, known);
        step = stepOf(batch, written);
        await keep(step);
        if (written.created > 0) this.cache.invalidateAfterCommit(['sales']);
      });
      known.keep();
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error;
      known.begin();
      for (const { productId, units } of error.written.demands ?? []) {
        spent.set(productId, (spent.get(productId) ?? 0) + units);
      }
      step = stepOf(batch, error.written);
      await keep(step);
    }
    const done = step as BatchStep;
    for (const row of done.problems.slice(batch.refused.length)) onRefused?.(row);
    return done;
  }

  private tryOut({ lines }: LineBatch, { importId, moveStock }: ImportRun, known: Known, spent: Map<string, number>) {
    return moveStock ? this.stocked.tryOut(lines, importId, known, spent) : this.batches.write(lines, importId, known);
  }
}
