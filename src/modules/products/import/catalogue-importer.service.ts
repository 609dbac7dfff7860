import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CatalogueImportService } from './catalogue-import.service.js';
import { type ColumnMap, parseColumnMap } from './import-columns.js';
import { type Importer, ImportKinds, type ImportRun } from './import-kinds.service.js';
import type { ImportReport } from './import-report.js';

/** Files of the catalogue, for the jobs that import. */
@Injectable()
export class CatalogueImporter implements Importer, OnModuleInit {
  readonly kind = 'catalogue';

  constructor(
    private readonly kinds: ImportKinds,
    private readonly catalogue: CatalogueImportService,
  ) {}

  onModuleInit(): void {
    this.kinds.register(this);
  }

  parseMap(text: string): ColumnMap {
    return parseColumnMap(text);
  }

  run(source: AsyncIterable<Uint8Array>, run: ImportRun): Promise<ImportReport> {
    return this.catalogue.run(source, { ...run, map: run.map as ColumnMap | undefined });
  }
}
