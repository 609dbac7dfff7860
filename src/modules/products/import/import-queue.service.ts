import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { type idempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import { IdempotencyRepository } from '../../../platform/http/idempotency.repository.js';
import { JobRegistry } from '../../../platform/jobs/job-registry.js';
import { AuditApi } from '../../audit/audit.api.js';
import { type ImportResponse, toImport } from './dto/import.response.js';
import { ImportJobsRepository } from './import-jobs.repository.js';

/** The job that runs what is queued. */
export const RUN_IMPORTS = 'imports.run';

const ACCEPTED = 202;

/** Puts files that have arrived whole in line for whichever process runs imports. */
@Injectable()
export class ImportQueue {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: ImportJobsRepository,
    private readonly answers: IdempotencyRepository,
    private readonly audit: AuditApi,
    private readonly registry: JobRegistry,
    private readonly clock: Clock,
  ) {}

  /**
   * Queues a file, once under the key of its request.
   * @throws {IdempotencyKeyReused}
   */
  add(id: string, request: ReturnType<typeof idempotentRequest>): Promise<ImportResponse | StoredAnswer> {
    return this.uow.run(async () => {
      const first = request && (await this.answers.claim(request, this.clock.now()));
      if (first !== undefined) return first;
      const row = await this.jobs.queue(id, this.clock.now());
      if (row === undefined) throw new Error('An upload was swept away before it was queued.');
      const { format, dry_run: dryRun, move_stock: moveStock, total_bytes: bytes } = row;
      const after = { format, dryRun, ...(moveStock ? { moveStock } : {}), bytes: Number(bytes) };
      await this.audit.record({ action: 'import.requested', subjectType: 'import', subjectId: id, after });
      const answer = toImport(row);
      if (request) await this.answers.record(request, new StoredAnswer(ACCEPTED, JSON.stringify(answer)));
      this.uow.afterCommit(() => this.registry.hurry(RUN_IMPORTS));
      return answer;
    });
  }
}
