import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { runMain } from './cli/fail.js';
import { loadConfig } from './config/config.js';
import { openDatabase } from './platform/database/open-database.js';
import { buildLogging } from './platform/observability/logging.js';
import { NestLogger } from './platform/observability/nest-logger.js';
import { stopOnSignal } from './stop-on-signal.js';

/** Runs the background jobs alone, without a server: beside servers that run with WORKER=off. */
async function work(): Promise<void> {
  const config = loadConfig({ WORKER: 'on' });
  const logging = await buildLogging(config);
  const { logger } = logging;
  const database = await openDatabase(config, 'tool', (message) => logger.info(message));
  try {
    const module = AppModule.register({ config, databaseUrl: database.url });
    const app = await NestFactory.createApplicationContext(module, {
      logger: new NestLogger(logger),
      abortOnError: false,
    });
    const stop = async (): Promise<void> => {
      await app.close();
      await database.release();
      await logging.close();
    };
    stopOnSignal(stop, config.SHUTDOWN_TIMEOUT_MS, logger);
    logger.info('Tradepost works in the background.');
  } catch (error) {
    await database.release();
    throw error;
  }
}

await runMain(work);
if (process.exitCode === 1) process.exit();
