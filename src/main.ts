import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { runMain } from './cli/fail.js';
import { seedDevelopment } from './cli/seed-development.js';
import { type Config, loadConfig } from './config/config.js';
import { hasPendingMigrations, migrate, migratesOnStart } from './platform/database/migrator.js';
import { type OpenDatabase, openDatabase } from './platform/database/open-database.js';
import { createHttpApp } from './platform/http/create-app.js';
import { buildLogging, type Logging } from './platform/observability/logging.js';
import { Readiness } from './platform/observability/readiness.js';
import { stopOnSignal } from './stop-on-signal.js';

async function boot(config: Config, database: OpenDatabase, { logger }: Logging): Promise<NestFastifyApplication> {
  if (migratesOnStart(config)) {
    const applied = await migrate(database.migrationUrl, database.url, config);
    if (applied.length > 0) logger.info({ applied }, 'Migrations were applied.');
  }
  const module = AppModule.register({ config, databaseUrl: database.url });
  const app = await createHttpApp(module, config, logger);
  if (!migratesOnStart(config)) {
    const passed = async (): Promise<boolean> => !(await hasPendingMigrations(database.migrationUrl, config));
    app.get(Readiness).require({ name: 'migrations', passed });
  }
  if (process.argv.includes('--seed')) await seedDevelopment(app, config, logger);
  await app.listen(config.PORT, config.HOST);
  return app;
}

async function serve(): Promise<void> {
  const config = loadConfig();
  const logging = await buildLogging(config);
  const { logger } = logging;
  const database = await openDatabase(config, 'server', (message) => logger.info(message));
  try {
    const app = await boot(config, database, logging);
    const stop = async (): Promise<void> => {
      app.get(Readiness).shuttingDown = true;
      await app.close();
      await database.release();
      await logging.close();
    };
    stopOnSignal(stop, config.SHUTDOWN_TIMEOUT_MS, logger);
    logger.info({ url: await app.getUrl(), docs: `${await app.getUrl()}/docs` }, 'Tradepost serves.');
  } catch (error) {
    await database.release();
    throw error;
  }
}

await runMain(serve);
// A start that failed may have left timers and connections behind.
if (process.exitCode === 1) process.exit();
