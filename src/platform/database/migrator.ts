import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import type { Config } from '../../config/config.js';
import { CONNECTION_TIMEOUT_MS, dataSourceOptions } from './data-source.js';

/** The compiled migrations lie beside the compiled sources. */
const MIGRATIONS = new URL('../../../migrations/', import.meta.url);

/** Replicas that start together apply migrations one after another. */
const MIGRATION_LOCK = 7_236_401;

/** Tables that the application's role may add to, and never change. */
const APPEND_ONLY = ['audit_log', 'invoices', 'stock_movements'];

/** What needs the rights of the owner, and is asked of by functions that have them. */
const FUNCTIONS = ['remove_audit_entries(timestamptz, integer)'];

type MigrationClass = new () => MigrationInterface;

async function loadMigrations(): Promise<MigrationClass[]> {
  const files = (await readdir(MIGRATIONS)).filter((name) => /^\d+-\w+\.[jt]s$/.test(name)).sort();
  const classes: MigrationClass[] = [];
  for (const file of files) {
    const exported: Record<string, MigrationClass> = await import(new URL(file, MIGRATIONS).href);
    classes.push(...Object.values(exported).filter((value) => typeof value === 'function'));
  }
  return classes;
}

/** A data source that can run migrations: as the owner of the schema, with time for slow ones. */
export async function migrationDataSource(url: string, config: Config): Promise<DataSource> {
  const options = dataSourceOptions(
    url,
    { ...config, DATABASE_POOL_SIZE: 1, DATABASE_STATEMENT_TIMEOUT_MS: 600_000 },
    [],
  );
  return new DataSource({ ...options, migrations: await loadMigrations(), migrationsTableName: 'migrations' });
}

/**
 * Applies every pending migration, each in a transaction of its own, and lets the application's role use the tables.
 * @returns the names of those that were applied
 */
export async function migrate(migrationUrl: string, url: string, config: Config): Promise<string[]> {
  const dataSource = await migrationDataSource(migrationUrl, config);
  const lock = new pg.Client({
    connectionString: migrationUrl,
    application_name: 'tradepost migrations',
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
  });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.initialize();
    const applied = await dataSource.runMigrations({ transaction: 'each' });
    await grant(dataSource, new URL(url).username, new URL(migrationUrl).username);
    return applied.map((migration) => migration.name);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await lock.end();
  }
}

/** Least privilege: the application's role, where it is not the owner, may change rows and nothing else. */
async function grant(dataSource: DataSource, role: string, owner: string): Promise<void> {
  if (role === '' || role === owner) return;
  const name = `"${decodeURIComponent(role).replaceAll('"', '""')}"`;
  await dataSource.query(`GRANT USAGE ON SCHEMA public TO ${name}`);
  await dataSource.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${name}`);
  await dataSource.query(`REVOKE INSERT, UPDATE, DELETE ON migrations FROM ${name}`);
  for (const table of APPEND_ONLY) await dataSource.query(`REVOKE UPDATE, DELETE ON ${table} FROM ${name}`);
  for (const signature of FUNCTIONS) await dataSource.query(`GRANT EXECUTE ON FUNCTION ${signature} TO ${name}`);
  await dataSource.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${name}`);
}

/** Whether a process may change the schema by itself: in development it does, in production an operator does. */
export function migratesOnStart(config: Config): boolean {
  const { MIGRATE_ON_START: when, NODE_ENV } = config;
  return when === 'always' || (when === 'auto' && NODE_ENV !== 'production');
}

/** Whether migrations are waiting to be applied. */
export async function hasPendingMigrations(migrationUrl: string, config: Config): Promise<boolean> {
  const dataSource = await migrationDataSource(migrationUrl, config);
  try {
    await dataSource.initialize();
    return await dataSource.showMigrations();
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}
