import { Inject, Injectable } from '@nestjs/common';
import { TOO_LATE, within } from '../../common/within.js';
import { AppCache, type CacheState } from '../cache/app-cache.js';
import { Database } from '../database/database.js';
import { Readiness } from './readiness.js';

const PROBE_MS = 1_000;

export interface HealthReport {
  readonly status: 'ok' | 'down';
  readonly timestamp: string;
  readonly database: 'up' | 'down';
  readonly cache: CacheState;
  /** No broker of events is built in; the outbox serves the consumers of this application. */
  readonly broker: 'disabled';
}

export interface ReadinessReport {
  readonly status: 'ready' | 'not_ready';
  readonly timestamp: string;
  /** What stands in the way, for example `database`, `migrations` or `shutting_down`. */
  readonly reasons: readonly string[];
}

/** How this process and what it needs are doing. */
@Injectable()
export class Health {
  private probe: Promise<unknown> | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(AppCache) private readonly cache: AppCache,
    @Inject(Readiness) private readonly readiness: Readiness,
  ) {}

  async report(): Promise<HealthReport> {
    const database = (await this.databaseAnswers()) ? 'up' : 'down';
    const status = database === 'up' ? 'ok' : 'down';
    return { status, timestamp: new Date().toISOString(), database, cache: this.cache.state, broker: 'disabled' };
  }

  async ready(): Promise<ReadinessReport> {
    const database = (await this.databaseAnswers()) ? [] : ['database'];
    const reasons = [...database, ...(await this.readiness.obstacles())];
    const status = reasons.length === 0 ? 'ready' : 'not_ready';
    return { status, timestamp: new Date().toISOString(), reasons };
  }

  /** All who ask while a probe is under way share it, so that probes never use up the pool of a database that hangs. */
  private async databaseAnswers(): Promise<boolean> {
    this.probe ??= this.database.runText('SELECT 1').finally(() => {
      this.probe = undefined;
    });
    try {
      return (await within(PROBE_MS, this.probe)) !== TOO_LATE;
    } catch {
      return false;
    }
  }
}
