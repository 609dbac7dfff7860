import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { runMain } from './cli/fail.js';
import { loadConfig } from './config/config.js';
import { openDatabase } from './platform/database/open-database.js';
import { buildLogging } from './platform/observability/logging.js';
import { NestLogger } from './platform/observability/nest-logger.js';
import type { Shutdown } from './shutdown.js';

/** Runs the background jobs alone, without a server: beside servers that run with WORKER=off. */
async function work(shutdown: Shutdown): Promise<void> {
  const config = loadConfig({ WORKER: 'on' });
  const { logger } = await shutdown.acquire(
    () => buildLogging(config),
    (logging) => logging.close(),
  );
  const log = (message: string, err?: unknown): void =>
    err === undefined ? logger.info(message) : logger.error({ err }, message);
  shutdown.onSignals({ timeoutMs: config.SHUTDOWN_TIMEOUT_MS, exitCode: 0, log });
  const database = await shutdown.acquire(
    () => openDatabase(config, 'tool', log),
    (opened) => opened.release(),
  );
  const module = AppModule.register({ config, databaseUrl: database.url });
  await shutdown.acquire(
    () => NestFactory.createApplicationContext(module, { logger: new NestLogger(logger), abortOnError: false }),
    (app) => app.close(),
  );
  logger.info('Tradepost works in the background.');
}

await runMain(work);
