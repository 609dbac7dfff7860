import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AnalyticsApi } from '../analytics/analytics.api.js';
import { AuditApi } from '../audit/audit.api.js';
import type { ImportReport, ImportRun } from '../products/imports.api.js';
import { ImportFilesRepository } from './import-files.repository.js';
import { SalesHistoryService } from './sales-history.service.js';

/** What a command asks for. */
export interface FileImport extends Pick<ImportRun, 'format' | 'map' | 'dryRun' | 'moveStock' | 'onRefused'> {
  /** SHA-256 of the file and of how it is read: by it a run that was cut short is known again. */
  readonly digest: Buffer;
  /** Hears of the line that the import goes on behind, where it was begun before. */
  readonly onResumed?: (line: number) => void;
}

/** Imports a file in this process, without a job. Started again after a crash, it goes on behind its last batch. */
@Injectable()
export class FileImportService {
  constructor(
    private readonly files: ImportFilesRepository,
    private readonly history: SalesHistoryService,
    private readonly analytics: AnalyticsApi,
    private readonly uow: UnitOfWork,
    private readonly audit: AuditApi,
    private readonly clock: Clock,
  ) {}

  async run(source: () => AsyncIterable<Uint8Array>, asked: FileImport): Promise<ImportReport> {
    const { digest, onResumed, ...how } = asked;
    const { format, dryRun, moveStock } = how;
    if (dryRun) {
      const keep = (): Promise<void> => Promise.resolve();
      return this.history.run(source(), { ...how, importId: newId(), after: 0, keep });
    }
    const runner = newId();
    const { import_id: importId, line } = await this.files.take(digest, newId(), runner, this.clock.now());
    if (line > 0) onResumed?.(line);
    await this.record(importId, 'sales.import_started', { format, ...(moveStock ? { moveStock } : {}), after: line });
    const summing = new Summing(this.analytics);
    const keep = async (step: { readonly line: number }): Promise<void> => {
      if (!(await this.files.keep(digest, runner, step.line, this.clock.now())))
        throw new Error('Another run has taken over the import of this file.');
      this.uow.afterCommit(() => summing.goOn());
    };
    const report = await this.history
      .run(source(), { ...how, importId, after: line, keep })
      .finally(() => summing.end());
    await this.files.done(digest, runner);
    await this.record(importId, 'sales.imported', report);
    await this.analytics.catchUp();
    return report;
  }

  private record(importId: string, action: string, after: object): Promise<void> {
    const subject = { subjectType: 'sales_import', subjectId: importId };
    return this.uow.run(() => this.audit.record({ ...subject, action, after: { ...after } }));
  }
}

/** Sums up sales beside the import that brings them in, as the job of a server does. */
class Summing {
  private step: Promise<void> | undefined;

  constructor(private readonly analytics: AnalyticsApi) {}

  /** Begins the next step, unless one is under way. */
  goOn(): void {
    this.step ??= this.analytics
      .sumUpMany()
      // What it leaves undone is summed up at the end, which tells of what is wrong.
      .catch(() => undefined)
      .finally(() => {
        this.step = undefined;
      });
  }

  async end(): Promise<void> {
    await this.step;
  }
}
