import type { UnreadableFile } from '../../../platform/files/unreadable-file.js';
import type { RowProblem } from './import-row.js';

/** A row that was not imported, or one of several things that are wrong with it. */
export interface RefusedRow extends Omit<RowProblem, 'column' | 'code'> {
  /** Of the file's columns, as we call them; empty where it is about the whole row. */
  readonly column: string;
  readonly code: string;
  readonly line: number;
}

/** Rows that were done with, each counted once as created, updated, unchanged or refused. */
export interface RowCounts {
  readonly processed: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
  /** Categories that were made. */
  readonly categories: number;
}

/** What an import has done. */
export interface ImportReport extends RowCounts {
  /** Where the file could not be read on, and why; the rows before that line are in. */
  readonly broken?: { readonly line: number; readonly message: string; readonly code: string };
}

/** What one batch adds to an import. */
export interface BatchStep extends RowCounts {
  /** The last line of it. */
  readonly line: number;
  readonly problems: readonly RefusedRow[];
}

/** Adds up batches. */
export class Tally {
  private counts: RowCounts = { processed: 0, created: 0, updated: 0, unchanged: 0, refused: 0, categories: 0 };

  add(step: RowCounts): void {
    const { counts } = this;
    this.counts = {
      processed: counts.processed + step.processed,
      created: counts.created + step.created,
      updated: counts.updated + step.updated,
      unchanged: counts.unchanged + step.unchanged,
      refused: counts.refused + step.refused,
      categories: counts.categories + step.categories,
    };
  }

  report(broken: UnreadableFile | undefined): ImportReport {
    if (broken === undefined) return this.counts;
    const { line, message, code } = broken;
    return { ...this.counts, broken: { line, message, code } };
  }
}
