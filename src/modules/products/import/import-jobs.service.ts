import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { JobRegistry } from '../../../platform/jobs/job-registry.js';
import { sweep } from '../../../platform/jobs/sweep.js';
import { ImportJobsRepository } from './import-jobs.repository.js';
import { RUN_IMPORTS } from './import-queue.service.js';
import { ImportRunner } from './import-runner.service.js';

/** How soon an import begins, at the latest, that another process than the leader has queued. */
const LOOK_EVERY_MS = 500;
const HOUR_MS = 3_600_000;

/** No piece of an upload takes so long; whoever received it has died. */
const UPLOAD_IDLE_MS = HOUR_MS;
/** How long reports are kept. */
const KEPT_MS = 30 * 24 * HOUR_MS;

/** What the leader does for imports: it runs them, and deletes uploads that were cut off and reports that are old. */
@Injectable()
export class ImportJobs implements OnModuleInit {
  constructor(
    private readonly registry: JobRegistry,
    private readonly runner: ImportRunner,
    private readonly imports: ImportJobsRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const run = (signal: AbortSignal): Promise<void> => this.runner.runAll(signal);
    this.registry.register({ name: RUN_IMPORTS, everyMs: LOOK_EVERY_MS, run });
    this.registry.register({ name: 'imports.sweep', everyMs: HOUR_MS / 4, run: (signal) => this.sweep(signal) });
  }

  async sweep(signal: AbortSignal): Promise<void> {
    const now = this.clock.now().getTime();
    await this.imports.sweepUploads(new Date(now - UPLOAD_IDLE_MS));
    await sweep(signal, () => this.imports.sweep(new Date(now - KEPT_MS)));
  }
}
