import { Injectable } from '@nestjs/common';
import type { ImportKind } from './import-kind.js';
import type { BatchStep, ImportReport, RefusedRow } from './import-report.js';
import type { ImportFormat } from './row-batches.js';

/** How a file is read, and who hears of it. */
export interface ImportRun {
  readonly importId: string;
  readonly format: ImportFormat;
  /** As {@link Importer.parseMap} gave it. */
  readonly map: object | undefined;
  /** Do everything, and take it back. */
  readonly dryRun: boolean;
  /** Sales take what they sold from the stock. */
  readonly moveStock?: boolean | undefined;
  /** The last line that an earlier run has done with. */
  readonly after: number;
  readonly maxRows?: number | undefined;
  readonly onRefused?: ((row: RefusedRow) => void) | undefined;
  /** Writes down how far the import is, in the transaction of each batch (of a dry run, in one of its own). */
  readonly keep: (step: BatchStep) => Promise<void>;
}

/** Whoever imports files of a kind. */
export interface Importer {
  readonly kind: ImportKind;
  /** @throws {UnreadableFile} where a text is no map for its columns */
  parseMap(text: string): object;
  /** @param source the file's bytes, not compressed */
  run(source: AsyncIterable<Uint8Array>, run: ImportRun): Promise<ImportReport>;
}

/** What files can be imported; modules add theirs when they are initialised. */
@Injectable()
export class ImportKinds {
  private readonly importers = new Map<ImportKind, Importer>();

  register(importer: Importer): void {
    this.importers.set(importer.kind, importer);
  }

  of(kind: ImportKind): Importer {
    const importer = this.importers.get(kind);
    if (importer === undefined) throw new Error(`Nobody imports files of the kind ${kind}.`);
    return importer;
  }
}
