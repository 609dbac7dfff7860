import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Config } from '../../config/config.js';
import { SnakeNamingStrategy } from './snake-naming.js';
import { types } from './types.js';

/** How long PostgreSQL may take to accept a connection, and a request may wait for one of the pool. */
export const CONNECTION_TIMEOUT_MS = 5_000;

/**
 * How long a connection may stand idle. It has its statements parsed and planned, which its first purchases paid for:
 * with node-postgres' ten seconds, those after each lull would cost PostgreSQL twice as much.
 */
const IDLE_CONNECTION_MS = 600_000;

/** How old a connection may get: it keeps the plans that it once made, and the memory that it once took. */
const CONNECTION_LIFETIME_S = 1800;

/** A class that is mapped to a table. */
export type EntityClass = new () => object;

type PoolSettings = Pick<
  Config,
  | 'DATABASE_POOL_SIZE'
  | 'DATABASE_STATEMENT_TIMEOUT_MS'
  | 'DATABASE_LOCK_TIMEOUT_MS'
  | 'DATABASE_IDLE_TRANSACTION_TIMEOUT_MS'
  | 'LOW_STOCK_THRESHOLD'
>;

/** Settings of each connection: its time-outs, and how long a request waits for one. */
export function connectionSettings(config: PoolSettings, applicationName: string) {
  return {
    application_name: applicationName,
    statement_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS,
    lock_timeout: config.DATABASE_LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: config.DATABASE_IDLE_TRANSACTION_TIMEOUT_MS,
    query_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS + 2_000,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    keepAlive: true,
    types,
  };
}

/** Options of the data source of the application: one pool, explicit migrations, no synchronisation ever. */
export function dataSourceOptions(
  url: string,
  config: PoolSettings,
  entities: readonly EntityClass[] | readonly string[],
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities: [...entities],
    namingStrategy: new SnakeNamingStrategy(),
    synchronize: false,
    logging: false,
    extra: {
      max: config.DATABASE_POOL_SIZE,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      maxLifetimeSeconds: CONNECTION_LIFETIME_S,
      ...connectionSettings(config, 'tradepost'),
      // On a database that was empty when a statement was first planned, PostgreSQL keeps a generic plan with
      // sequential scans for as long as the connection lives: half the checkout rate.
      // The threshold is for a trigger of the products.
      options: `-c enable_seqscan=off -c jit=off -c tradepost.low_stock_threshold=${config.LOW_STOCK_THRESHOLD}`,
    },
  };
}

export function createDataSource(
  url: string,
  config: PoolSettings,
  entities: readonly EntityClass[] | readonly string[],
): DataSource {
  return new DataSource(dataSourceOptions(url, config, entities));
}
