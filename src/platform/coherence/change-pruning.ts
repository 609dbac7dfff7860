import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { JobRegistry } from '../jobs/job-registry.js';
import { sweep } from '../jobs/sweep.js';

const EVERY_MS = 60_000;
const BATCH = 10_000;

const HORIZON = statement('coherence.horizon', 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon');
const PRUNES = (['catalog_changes', 'tag_changes'] as const).map((table) =>
  statement(
    `coherence.prune.${table}`,
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM ${table} WHERE xid < $1::xid8 ORDER BY xid LIMIT ${BATCH}))`,
  ),
);

/** Deletes the changes that every replica has learnt: those that were committed before the run before this one. */
@Injectable()
export class ChangePruning implements OnModuleInit {
  private horizon: string | undefined;

  constructor(
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(Database) private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.jobs.register({ name: 'coherence.prune', everyMs: EVERY_MS, run: (signal) => this.prune(signal) });
  }

  private async prune(signal: AbortSignal): Promise<void> {
    const { horizon: reached } = this;
    const { rows } = await this.database.run<{ horizon: string }>(HORIZON);
    this.horizon = rows[0]?.horizon;
    if (reached === undefined) return;
    for (const prune of PRUNES) await sweep(signal, async () => (await this.database.run(prune, [reached])).count);
  }
}
