import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { JobRegistry } from '../../platform/jobs/job-registry.js';
import { sweep } from '../../platform/jobs/sweep.js';
import { AuditApi } from './audit.api.js';
import { AuditRepository } from './audit.repository.js';

const DAY_MS = 86_400_000;
const BATCH = 5_000;

/** Removes entries that were kept for as long as they are to be; each removal is an entry of its own. */
@Injectable()
export class AuditRetention implements OnModuleInit {
  constructor(
    private readonly jobs: JobRegistry,
    private readonly entries: AuditRepository,
    private readonly audit: AuditApi,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'audit.retention',
      everyMs: DAY_MS,
      run: async (signal) => {
        const before = new Date(this.clock.now().getTime() - this.config.AUDIT_RETENTION_DAYS * DAY_MS);
        await sweep(signal, () => this.removeBatch(before));
      },
    });
  }

  private removeBatch(before: Date): Promise<number> {
    return this.uow.run(async () => {
      const removed = await this.entries.remove(before, BATCH);
      const after = { removed, before: before.toISOString() };
      const subject = { subjectType: 'audit_log', subjectId: null };
      if (removed > 0) await this.audit.record({ ...subject, action: 'audit.entries_removed', after });
      return removed;
    });
  }
}
