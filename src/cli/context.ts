import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { type Config, loadConfig } from '../config/config.js';
import { migrate, migratesOnStart } from '../platform/database/migrator.js';
import { openDatabase } from '../platform/database/open-database.js';
import { runMain } from './fail.js';

/**
 * Runs a command-line tool over the application's services, without a server: on the database that the environment
 * names, beside a running server or alone. Pending migrations are applied first where a server would do so.
 */
export function withApplication(
  work: (app: INestApplicationContext, config: Config) => Promise<void>,
): Promise<void> {
  return runMain(async () => {
    const config = loadConfig({ WORKER: 'off' });
    const database = await openDatabase(config, 'tool', (message) => process.stderr.write(`${message}\n`));
    try {
      if (migratesOnStart(config)) await migrate(database.migrationUrl, database.url, config);
      const module = AppModule.register({ config, databaseUrl: database.url });
      const app = await NestFactory.createApplicationContext(module, { logger: ['error', 'warn'], abortOnError: false });
      try {
        await work(app, config);
      } finally {
        await app.close();
      }
    } finally {
      await database.release();
    }
  });
}
