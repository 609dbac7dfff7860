import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { InvalidInput } from '../../../common/domain-error.js';
import { cursorId, decodeCursor, offsetOf, type Page, type PageRequest, toPage } from '../../../common/paging.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { guardCell, quoteCell } from '../../../platform/files/csv-cells.js';
import { EventStreams, type ServerEvent } from '../../../platform/http/event-streams.js';
import { AuditApi } from '../../audit/audit.api.js';
import { type ImportErrorResponse, type ImportResponse, toImport, toImportError } from './dto/import.response.js';
import { ImportEnded, ImportNotFound } from './import.errors.js';
import { ImportJobsRepository, type ImportRow } from './import-jobs.repository.js';

/** How often a stream of events looks at how far its import is. */
const WATCH_EVERY_MS = 500;
/** Lines of a report that are read at once. */
const REPORT_ROWS = 1_000;

/** Shows how far imports are, and what they refused. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly imports: ImportJobsRepository,
    private readonly uow: UnitOfWork,
    private readonly audit: AuditApi,
    private readonly clock: Clock,
    private readonly streams: EventStreams,
  ) {}

  async list(request: PageRequest): Promise<Page<ImportResponse>> {
    const after = cursorId(request.cursor);
    const offset = request.cursor === undefined ? offsetOf(request) : 0;
    const rows = await this.imports.list(request.perPage + 1, offset, after);
    const total = request.cursor === undefined ? await this.imports.count() : undefined;
    return toPage(rows, request, total, ({ id }) => [id], toImport);
  }

  /** @throws {ImportNotFound} */
  async get(id: string): Promise<ImportResponse> {
    return toImport(await this.row(id));
  }

  /** @throws {ImportNotFound} {@link ImportEnded} */
  cancel(id: string): Promise<ImportResponse> {
    return this.uow.run(async () => {
      const row = await this.imports.cancel(id, this.clock.now());
      if (row === undefined) {
        await this.row(id);
        throw new ImportEnded();
      }
      const after = { processed: row.processed, failure: row.failure_code };
      await this.audit.record({ action: 'import.cancelled', subjectType: 'import', subjectId: id, after });
      return toImport(row);
    });
  }

  /** @throws {ImportNotFound} */
  async errors(id: string, request: PageRequest): Promise<Page<ImportErrorResponse>> {
    const { problems: total } = await this.row(id);
    const offset = request.cursor === undefined ? offsetOf(request) : 0;
    const rows = await this.imports.problems(id, request.perPage + 1, offset, entryOf(request.cursor));
    return toPage(rows, request, total, ({ number }) => [String(number)], toImportError);
  }

  /**
   * The whole report as CSV.
   * @throws {ImportNotFound}
   */
  async report(id: string): Promise<AsyncIterable<string>> {
    await this.row(id);
    return this.reportLines(id);
  }

  /**
   * Tells how far an import is whenever that changes, until it ends.
   * @param until when the listener is no longer known to be one who may hear it
   * @throws {ImportNotFound}
   */
  async watch(id: string, until: Date | undefined): Promise<Readable> {
    await this.row(id);
    return this.streams.of((signal) => this.progress(id, signal, until));
  }

  private async *progress(id: string, signal: AbortSignal, until: Date | undefined): AsyncGenerator<ServerEvent> {
    let told = '';
    while (!signal.aborted && (until === undefined || this.clock.now() < until)) {
      const row = await this.imports.find(id);
      if (row === undefined) return;
      const data = toImport(row);
      const now = JSON.stringify(data);
      const ended = data.finishedAt !== null;
      if (now !== told) yield { event: ended ? data.status : 'progress', data };
      if (ended) return;
      told = now;
      await delay(WATCH_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async *reportLines(id: string): AsyncGenerator<string> {
    yield 'line,column,code,reason\r\n';
    for (let after = 0; ; ) {
      const rows = await this.imports.problems(id, REPORT_ROWS, 0, after);
      if (rows.length === 0) return;
      const lines = rows.map(({ line, column_name: column, code, reason }) =>
        [String(line), column, code, reason].map((cell) => quoteCell(guardCell(cell))).join(','),
      );
      yield `${lines.join('\r\n')}\r\n`;
      after = rows.at(-1)?.number ?? after;
    }
  }

  private async row(id: string): Promise<ImportRow> {
    const row = await this.imports.find(id);
    if (row === undefined) throw new ImportNotFound();
    return row;
  }
}

/** The number of the entry that a cursor names; 0 at the start. */
function entryOf(cursor: string | undefined): number {
  if (cursor === undefined || cursor === '') return 0;
  const [number] = decodeCursor(cursor, 1);
  if (number === null || number === undefined || !/^\d{1,9}$/.test(number)) {
    throw InvalidInput.field('cursor', 'is not a cursor that this list has given');
  }
  return Number(number);
}
