import 'reflect-metadata';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type pg from 'pg';
import { type Logger, pino } from 'pino';
import { AppModule } from '../../src/app.module.js';
import { type Config, parseConfig } from '../../src/config/config.js';
import { createHttpApp } from '../../src/platform/http/create-app.js';
import { TestClock } from './clock.js';
import { createTestDatabase, openPool, type TestDatabase } from './cluster.js';
import { type HttpClient, httpClient } from './http-client.js';
import { testKeysDir } from './keys.js';

const silent = pino({ level: 'silent' });

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly config: Config;
  readonly url: string;
  readonly http: HttpClient;
  /** Connections as the owner of the schema, for arranging and looking. */
  readonly db: pg.Pool;
  readonly database: TestDatabase;
  readonly clock: TestClock;
  close(): Promise<void>;
}

/** What applications on a test database keep in files; gone with it. */
const dataDir = (database: TestDatabase): string =>
  join(tmpdir(), `tradepost-${new URL(database.url).pathname.slice(1)}`);

/** Settings of an application under test. */
export function testConfig(database: TestDatabase, overrides: Readonly<Record<string, string>> = {}): Config {
  return parseConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    PORT: '0',
    DATABASE_URL: database.url,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    DATA_DIR: dataDir(database),
    KEYS_DIR: testKeysDir(),
    PASSWORD_HASH_MEMORY_KIB: '1024',
    RATE_LIMIT_ENABLED: 'false',
    // Each connection learns the tables and plans the statements anew.
    DATABASE_POOL_SIZE: '4',
    MAIL_INVOICES: 'false',
    ...overrides,
  });
}

/** For tests of what happens at once: as many connections as an application keeps to its database by default. */
export const MANY_CONNECTIONS = { DATABASE_POOL_SIZE: '10' } as const;

/** What an application needs of another one to be its replica. */
export type Beside = Pick<TestApp, 'database' | 'db' | 'clock'>;

/**
 * Starts the whole application on a free port and a database of its own, or on another one's, as a second replica.
 * Further controllers show what the platform does for routes that the application does not have.
 */
export async function startApp(
  overrides: Readonly<Record<string, string>> = {},
  beside?: Beside,
  controllers: readonly Type[] = [],
  logger: Logger = silent,
): Promise<TestApp> {
  const database = beside?.database ?? (await createTestDatabase());
  const clock = beside?.clock ?? new TestClock();
  const config = testConfig(database, overrides);
  const whole = AppModule.register({ config, databaseUrl: database.url, clock });
  const module: DynamicModule = { ...whole, controllers: [...controllers] };
  const app = await createHttpApp(module, config, logger);
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}`;
  const db = beside?.db ?? openPool(database.ownerUrl, 5);
  return {
    app,
    config,
    url,
    http: httpClient(url),
    db,
    database,
    clock,
    close: async () => {
      await app.close();
      if (beside !== undefined) return;
      await db.end();
      await database.drop();
      await rm(dataDir(database), { recursive: true, force: true });
    },
  };
}
