import type { Logger } from 'pino';
import { limitHeapGrowth } from './common/heap-growth.js';
import type { Config } from './config/config.js';
import { type OpenDatabase, openDatabase } from './platform/database/open-database.js';
import { buildLogging } from './platform/observability/logging.js';
import type { Shutdown } from './shutdown.js';

/** What stands before the application itself does. */
export interface Ground {
  readonly logger: Logger;
  readonly database: OpenDatabase;
}

/**
 * Sets up what every long-running program of the application stands on: a log, an orderly end at a signal, a database.
 * @param purpose a server is alone on an embedded database; a tool may work beside it
 */
export async function prepareGround(
  shutdown: Shutdown,
  config: Config,
  purpose: Parameters<typeof openDatabase>[1],
): Promise<Ground> {
  limitHeapGrowth();
  const { logger } = await shutdown.acquire(
    () => buildLogging(config),
    (logging) => logging.close(),
  );
  const log = (message: string, err?: unknown): void =>
    err === undefined ? logger.info(message) : logger.error({ err }, message);
  shutdown.onSignals({ timeoutMs: config.SHUTDOWN_TIMEOUT_MS, exitCode: 0, log });
  const database = await shutdown.acquire(
    () => openDatabase(config, purpose, log),
    (opened) => opened.release(),
  );
  return { logger, database };
}
