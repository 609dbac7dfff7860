import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { prepareGround } from './boot.js';
import { explainListening, runMain } from './cli/fail.js';
import { seedDevelopment } from './cli/seed-development.js';
import { type Config, loadConfig } from './config/config.js';
import { hasPendingMigrations, migrate, migratesOnStart } from './platform/database/migrator.js';
import type { OpenDatabase } from './platform/database/open-database.js';
import { createHttpApp } from './platform/http/create-app.js';
import { Readiness } from './platform/observability/readiness.js';
import type { Shutdown } from './shutdown.js';

async function prepareSchema(config: Config, database: OpenDatabase, logger: Logger): Promise<void> {
  const applied = await migrate(database.migrationUrl, database.url, config);
  if (applied.length > 0) logger.info({ applied }, 'Migrations were applied.');
}

/** Not through Nest, which logs what fails here besides throwing it. Gives the address. */
async function listen(app: NestFastifyApplication, { HOST: host, PORT: port }: Config): Promise<string> {
  await app.init();
  const server: FastifyInstance = app.getHttpAdapter().getInstance();
  try {
    return await server.listen({ host, port });
  } catch (cause) {
    throw new Error(explainListening(cause, host, port), { cause });
  }
}

async function stop(app: NestFastifyApplication): Promise<void> {
  app.get(Readiness).shuttingDown = true;
  await app.close();
}

/** Opens the database, makes its schema fit, and serves. */
async function serve(shutdown: Shutdown): Promise<void> {
  const config = loadConfig();
  const { logger, database } = await prepareGround(shutdown, config, 'server');
  if (migratesOnStart(config)) await prepareSchema(config, database, logger);
  const module = AppModule.register({ config, databaseUrl: database.url });
  const app = await shutdown.acquire(() => createHttpApp(module, config, logger), stop);
  if (!migratesOnStart(config)) {
    const passed = async (): Promise<boolean> => !(await hasPendingMigrations(database.migrationUrl, config));
    app.get(Readiness).require({ name: 'migrations', passed });
    if (!(await passed())) logger.warn('Migrations are pending: this server is not ready until "make migrate" is run.');
  }
  if (process.argv.includes('--seed')) await seedDevelopment(app, config, logger);
  const url = await listen(app, config);
  logger.info({ url, docs: `${url}/docs` }, 'Tradepost serves.');
}

await runMain(serve);
