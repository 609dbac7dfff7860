import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { type Config, loadConfig } from '../config/config.js';
import { migrate, migratesOnStart } from '../platform/database/migrator.js';
import { type OpenDatabase, openDatabase } from '../platform/database/open-database.js';
import { createLogger } from '../platform/observability/logging.js';
import { NestLogger } from '../platform/observability/nest-logger.js';
import { withinCommand } from '../platform/security/request-context.js';
import type { Shutdown } from '../shutdown.js';
import { runMain } from './fail.js';

/** Shell convention: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

/** Opens the database for a tool, which may work beside a server; a signal ends the tool and leaves nothing behind. */
export function openForTool(config: Config, shutdown: Shutdown): Promise<OpenDatabase> {
  const log = (message: string): void => void process.stderr.write(`${message}\n`);
  shutdown.onSignals({ timeoutMs: config.SHUTDOWN_TIMEOUT_MS, exitCode: INTERRUPTED, log });
  return shutdown.acquire(
    () => openDatabase(config, 'tool', log),
    (database) => database.release(),
  );
}

/**
 * Runs a command-line tool over the application's services, without a server: on the database that the environment
 * names, beside a running server or alone. Pending migrations are applied first where a server would do so.
 */
export function withApplication(work: (app: INestApplicationContext, config: Config) => Promise<void>): Promise<void> {
  return runMain(async (shutdown) => {
    const config = loadConfig({ WORKER: 'off' });
    const database = await openForTool(config, shutdown);
    if (migratesOnStart(config)) await migrate(database.migrationUrl, database.url, config);
    const module = AppModule.register({ config, databaseUrl: database.url });
    const logger = new NestLogger(createLogger('warn', process.stderr));
    const app = await shutdown.acquire(
      () => NestFactory.createApplicationContext(module, { logger, abortOnError: false }),
      (context) => context.close(),
    );
    await withinCommand(() => work(app, config));
    await shutdown.run();
  });
}
