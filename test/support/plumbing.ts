import 'reflect-metadata';
import { type INestApplicationContext, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { ModuleRef, NestFactory } from '@nestjs/core';
import { entities } from '../../src/entities.js';
import { JobRegistry } from '../../src/platform/jobs/job-registry.js';
import { EventConsumers } from '../../src/platform/outbox/event-consumers.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { testConfig } from './app.js';
import type { TestClock } from './clock.js';
import type { TestDatabase } from './cluster.js';

export interface PlumbingOptions {
  readonly clock?: TestClock;
  readonly settings?: Readonly<Record<string, string>>;
  readonly consumers?: (consumers: EventConsumers) => void;
  readonly jobs?: (jobs: JobRegistry) => void;
}

/** Starts what a process runs under the modules of the shop: outbox, jobs and cache, without HTTP. */
export function startPlumbing(database: TestDatabase, options: PlumbingOptions = {}): Promise<INestApplicationContext> {
  const { clock, settings = {} } = options;
  const config = testConfig(database, settings);
  const platform = PlatformModule.register({ config, databaseUrl: database.url, entities, clock });

  @Module({ imports: [platform] })
  class Plumbing implements OnModuleInit {
    constructor(@Inject(ModuleRef) private readonly modules: ModuleRef) {}

    onModuleInit(): void {
      options.consumers?.(this.modules.get(EventConsumers, { strict: false }));
      options.jobs?.(this.modules.get(JobRegistry, { strict: false }));
    }
  }
  return NestFactory.createApplicationContext(Plumbing, { logger: false, abortOnError: false });
}
