import { Injectable } from '@nestjs/common';
import type { StoredAnswer } from '../../platform/http/idempotency.js';
import type { Upload } from '../../platform/http/streamed-body.js';
import { ImportResponse } from './import/dto/import.response.js';
import { type Importer, ImportKinds, type ImportRun } from './import/import-kinds.service.js';
import { type BatchStep, type ImportReport, type RefusedRow, Tally } from './import/import-report.js';
import { type ImportRequest, ImportUploadsService } from './import/import-uploads.service.js';
import type { ImportFormat } from './import/row-batches.js';

export type { BatchStep, Importer, ImportFormat, ImportReport, ImportRequest, ImportRun, RefusedRow };
export { ImportResponse, Tally };

/** The door to imports, for those who import other files than the catalogue's by the same jobs. */
@Injectable()
export class ImportsApi {
  constructor(
    private readonly kinds: ImportKinds,
    private readonly uploads: ImportUploadsService,
  ) {}

  register(importer: Importer): void {
    this.kinds.register(importer);
  }

  /**
   * Keeps a file of a kind while it arrives, and queues its import.
   * @param path of the request, for its Idempotency-Key
   */
  receive(
    kind: Importer['kind'],
    path: string,
    upload: Upload,
    request: ImportRequest,
    key: string | undefined,
  ): Promise<ImportResponse | StoredAnswer> {
    return this.uploads.receive({ kind, path }, upload, request, key);
  }
}
