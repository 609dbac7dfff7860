import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Clock, SystemClock } from '../common/clock.js';
import { CONFIG, type Config } from '../config/config.js';
import { CacheModule } from './cache/cache.module.js';
import { CoherenceModule } from './coherence/coherence.module.js';
import { createDataSource, type EntityClass } from './database/data-source.js';
import { Database } from './database/database.js';
import { UnitOfWork } from './database/unit-of-work.js';
import { Admissions } from './http/admissions.js';
import { EventStreamsModule } from './http/event-streams.js';
import { FastLaneModule } from './http/fast-lane.module.js';
import { IdempotencyRepository } from './http/idempotency.repository.js';
import { OncePerKey } from './http/once-per-key.js';
import { JobsModule } from './jobs/jobs.module.js';
import { MailModule } from './mail/mail.module.js';
import { ObservabilityModule } from './observability/observability.module.js';
import { OutboxModule } from './outbox/outbox.module.js';
import { RateLimitsModule } from './rate-limits/rate-limits.module.js';
import { SecurityModule } from './security/security.module.js';
import { AdjustableClock, hasTestClock } from './test-clock/adjustable-clock.js';
import { TestClockModule } from './test-clock/test-clock.module.js';

const PLUMBING = [
  CacheModule,
  EventStreamsModule,
  CoherenceModule,
  FastLaneModule,
  JobsModule,
  MailModule,
  ObservabilityModule,
  OutboxModule,
  RateLimitsModule,
  SecurityModule,
];

export interface PlatformOptions {
  readonly config: Config;
  /** PostgreSQL to connect to, as the application's role. */
  readonly databaseUrl: string;
  readonly entities: readonly EntityClass[];
  /** The machine's clock, where no other is given. */
  readonly clock?: Clock | undefined;
}

/** What every module stands on: configuration, clock, database and the plumbing over them. */
@Global()
@Module({})
export class PlatformModule implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly database: Database) {}

  static register({ config, databaseUrl, entities, clock }: PlatformOptions): DynamicModule {
    const database = {
      provide: Database,
      useFactory: async (): Promise<Database> => {
        const dataSource = createDataSource(databaseUrl, config, [...entities]);
        await dataSource.initialize();
        return new Database(dataSource, databaseUrl);
      },
    };
    const machine = clock ?? new SystemClock();
    const adjustable = hasTestClock(config);
    const plumbing = adjustable ? [...PLUMBING, TestClockModule] : PLUMBING;
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: Clock, useValue: adjustable ? new AdjustableClock(machine) : machine },
      database,
      UnitOfWork,
      IdempotencyRepository,
      OncePerKey,
      Admissions,
    ];
    return { module: PlatformModule, imports: plumbing, providers, exports: [...providers, ...plumbing] };
  }

  /** Nest calls this after the HTTP server has closed and every request is answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
