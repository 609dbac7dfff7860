import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { prepareGround } from './boot.js';
import { runMain } from './cli/fail.js';
import { loadConfig } from './config/config.js';
import { NestLogger } from './platform/observability/nest-logger.js';
import type { Shutdown } from './shutdown.js';

/** Runs the background jobs alone, without a server: beside servers that run with WORKER=off. */
async function work(shutdown: Shutdown): Promise<void> {
  const config = loadConfig({ WORKER: 'on' });
  const { logger, database } = await prepareGround(shutdown, config, 'tool');
  const module = AppModule.register({ config, databaseUrl: database.url });
  await shutdown.acquire(
    () => NestFactory.createApplicationContext(module, { logger: new NestLogger(logger), abortOnError: false }),
    (app) => app.close(),
  );
  logger.info('Tradepost works in the background.');
}

await runMain(work);
