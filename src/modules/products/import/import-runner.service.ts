import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { frugally } from '../../../common/heap-growth.js';
import { newId } from '../../../common/ids.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { unpacked } from '../../../platform/files/file-bytes.js';
import { withinLaterWork } from '../../../platform/security/request-context.js';
import { AuditApi } from '../../audit/audit.api.js';
import { ImportSuperseded } from './import.errors.js';
import { type ImportFailure, ImportJobsRepository, type ImportRow } from './import-jobs.repository.js';
import { ImportKinds } from './import-kinds.service.js';
import type { ImportReport } from './import-report.js';

/** An import that was taken up so often without getting on has met a defect; it is given up. */
const MOST_ATTEMPTS = 10;

/** The process stops; whoever leads next goes on. */
class Stopped extends Error {}

/**
 * Runs the imports that are queued, one after another, in the process that leads. After a crash the next leader goes
 * on behind the last batch that was committed: it reads the file again, and leaves out what is done.
 */
@Injectable()
export class ImportRunner {
  private readonly logger = new Logger(ImportRunner.name);

  constructor(
    private readonly uow: UnitOfWork,
    private readonly imports: ImportJobsRepository,
    private readonly kinds: ImportKinds,
    private readonly audit: AuditApi,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Runs what is queued until nothing is, or the signal comes. */
  async runAll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const runner = newId();
      const job = await this.imports.claim(runner, this.clock.now());
      if (job === undefined) return;
      const { actor, actor_id: actorId, request_id: requestId } = job;
      const askedBy = { actor, actorId, personId: null, requestId, tokenId: null, address: null };
      await withinLaterWork(askedBy, () => this.run(job, runner, signal));
    }
  }

  private async run(job: ImportRow, runner: string, signal: AbortSignal): Promise<void> {
    try {
      if (job.attempts > MOST_ATTEMPTS) {
        const message = 'The import met a defect again and again; the log of the shop tells more.';
        await this.end(job, runner, { code: 'gave_up', line: null, message });
        return;
      }
      const report = await frugally(() => this.import(job, runner, signal));
      await this.end(job, runner, report.broken);
    } catch (error) {
      if (error instanceof ImportSuperseded) this.logger.log({ import: job.id }, 'An import was cancelled under way.');
      else if (!(error instanceof Stopped)) throw error;
    }
  }

  private async import(job: ImportRow, runner: string, signal: AbortSignal): Promise<ImportReport> {
    const { id, format, dry_run: dryRun } = job;
    // Nothing of a dry run is there to go on from.
    if (dryRun) await this.imports.restart(id, runner);
    const file = new KeptFile(this.imports, id, signal);
    return this.kinds.of(job.kind).run(unpacked(file.chunks(), this.config.IMPORT_MAX_UNPACKED_BYTES), {
      importId: id,
      format,
      dryRun,
      moveStock: job.move_stock,
      map: job.map ?? undefined,
      after: dryRun ? 0 : job.line,
      maxRows: this.config.IMPORT_MAX_ROWS,
      keep: (step) => {
        if (signal.aborted) throw new Stopped();
        return this.uow.run(() => this.imports.keep(id, runner, step, file.read, this.clock.now()));
      },
    });
  }

  private async end({ id }: ImportRow, runner: string, failure: ImportFailure | undefined): Promise<void> {
    await this.uow.run(async () => {
      const row = await this.imports.finish(id, runner, failure, this.clock.now());
      if (row === undefined) throw new ImportSuperseded();
      const { processed, created, updated, refused, dry_run: dryRun } = row;
      const after = { processed, created, updated, refused, dryRun, failure: row.failure_code };
      await this.audit.record({ action: `import.${row.status}`, subjectType: 'import', subjectId: id, after });
    });
  }
}

/** A file as it was kept, piece by piece. */
class KeptFile {
  /** Bytes that were read so far. */
  read = 0n;

  constructor(
    private readonly imports: ImportJobsRepository,
    private readonly id: string,
    private readonly signal: AbortSignal,
  ) {}

  async *chunks(): AsyncGenerator<Buffer> {
    for (let number = 0; ; number += 1) {
      if (this.signal.aborted) throw new Stopped();
      const chunk = await this.imports.chunk(this.id, number);
      if (chunk === undefined) return;
      this.read += BigInt(chunk.length);
      yield chunk;
    }
  }
}
