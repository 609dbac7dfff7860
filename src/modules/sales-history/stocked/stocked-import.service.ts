import { Injectable } from '@nestjs/common';
import { AppCache } from '../../../platform/cache/app-cache.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { UnreadableFile } from '../../../platform/files/unreadable-file.js';
import {
  type BatchStep,
  type ImportReport,
  type ImportRun,
  type RefusedRow,
  Tally,
} from '../../products/imports.api.js';
import { Known, stepOf } from '../batch-writer.service.js';
import type { LineBatch } from '../reading/line-batches.js';
import type { SaleLine } from '../reading/sale-line.js';
import { StockedWriter } from './stocked-writer.service.js';
import { WaitingLinesRepository } from './waiting-lines.repository.js';

/** Rows that are written in one transaction, which holds their products: nobody else sells them meanwhile. */
const BATCH_ROWS = 1_000;
/** A sale with more rows is refused: it is written in one transaction. */
const MOST_ROWS = 5_000;

const NOTHING = { created: 0, unchanged: 0, refused: [] };

/**
 * Imports sales that take stock. Rows of a sale may lie anywhere, and whether all of them find stock decides about each:
 * so the rows of the file first wait in a table, and once it is read, sale after sale is taken from there and written.
 * Both steps go on where they were, and nothing grows with the file.
 */
@Injectable()
export class StockedImport {
  constructor(
    private readonly waiting: WaitingLinesRepository,
    private readonly writer: StockedWriter,
    private readonly uow: UnitOfWork,
    private readonly cache: AppCache,
  ) {}

  async run(batches: AsyncIterable<LineBatch>, run: ImportRun): Promise<ImportReport> {
    const tally = new Tally();
    let line = run.after;
    let broken: UnreadableFile | undefined;
    try {
      for await (const batch of batches) {
        tally.add(await this.wait(batch, run));
        line = batch.line;
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      broken = error;
    }
    await this.waiting.markTooMany(run.importId, MOST_ROWS);
    for (let step = await this.refuse(line, run); step !== undefined; step = await this.refuse(line, run))
      tally.add(step);
    await this.writeAll(line, run, tally);
    return tally.report(broken);
  }

  /**
   * What would become of lines, in a transaction that the caller takes back.
   * @param spent units by product id that batches before would have had
   */
  tryOut(lines: readonly SaleLine[], importId: string, known: Known, spent: ReadonlyMap<string, number>) {
    return this.writer.write(lines, importId, known, spent);
  }

  /** Good rows count once they are written. */
  private async wait(batch: LineBatch, run: ImportRun): Promise<BatchStep> {
    const step = stepOf({ ...batch, lines: [] }, NOTHING);
    await this.uow.run(async () => {
      await this.waiting.add(run.importId, batch.lines);
      await run.keep(step);
    });
    tell(run, step.problems);
    return step;
  }

  private async refuse(line: number, run: ImportRun): Promise<BatchStep | undefined> {
    const step = await this.uow.run(async () => {
      const lines = await this.waiting.takeTooMany(run.importId, MOST_ROWS);
      if (lines.length === 0) return undefined;
      const refused = lines.map(tooMany);
      const refusal = stepOf({ lines: [], refused, line }, NOTHING);
      await run.keep(refusal);
      return refusal;
    });
    tell(run, step?.problems ?? []);
    return step;
  }

  private async writeAll(line: number, run: ImportRun, tally: Tally): Promise<void> {
    const known = new Known();
    for (let after = 0; ; ) {
      const next = await this.uow.run(() => this.write(after, line, run, known));
      if (next === undefined) return;
      known.keep();
      after = next.after;
      tally.add(next.step);
      tell(run, next.step.problems);
    }
  }

  private async write(after: number, line: number, run: ImportRun, known: Known) {
    known.begin();
    const lines = await this.waiting.take(run.importId, after, BATCH_ROWS);
    if (lines.length === 0) return undefined;
    const written = await this.writer.write(lines, run.importId, known);
    const step = stepOf({ lines, refused: [], line }, written);
    await run.keep(step);
    if (written.created > 0) this.cache.invalidateAfterCommit(['sales']);
    return { step, after: lastBegun(lines) };
  }
}

/** Sales are taken in the order of their first rows: the last of these is where the rest begins. */
function lastBegun(lines: readonly SaleLine[]): number {
  const seen = new Set<string>();
  let last = 0;
  for (const { number, line } of lines) {
    if (seen.has(number)) continue;
    seen.add(number);
    last = line;
  }
  return last;
}

function tooMany({ line, number }: SaleLine): RefusedRow {
  const reason = `The sale ${JSON.stringify(number)} has more than ${MOST_ROWS} rows`;
  return { line, column: 'number', code: 'sale_too_long', reason };
}

function tell({ onRefused }: ImportRun, problems: readonly RefusedRow[]): void {
  for (const problem of problems) onRefused?.(problem);
}
