import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { parseConfig } from '../../src/config/config.js';
import { migrate } from '../../src/platform/database/migrator.js';

/** URLs of the cluster that the global setup opened, handed to the workers through the environment. */
export interface ClusterUrls {
  readonly superuserUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly template: string;
}

export function clusterUrls(): ClusterUrls {
  const text = process.env.TRADEPOST_TEST_CLUSTER;
  if (text === undefined) throw new Error('The tests need their global setup: run them with jest.');
  return JSON.parse(text);
}

/** The same server with another database. */
export function onDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

export async function withAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes the migrated template once for each state of the migrations, and of what grants the rights. */
export async function ensureTemplate(urls: Omit<ClusterUrls, 'template'>): Promise<string> {
  const hash = createHash('sha256');
  const folder = resolve('migrations');
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  hash.update(readFileSync(resolve('src/platform/database/migrator.ts')));
  const name = `template_${hash.digest('hex').slice(0, 16)}`;
  await withAdmin(urls.superuserUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock(740211)');
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 1) return;
    const building = `building_${randomBytes(4).toString('hex')}`;
    await client.query(`CREATE DATABASE ${building} TEMPLATE tradepost OWNER tradepost_owner`);
    await migrate(onDatabase(urls.ownerUrl, building), onDatabase(urls.appUrl, building), parseConfig({}));
    await client.query(`ALTER DATABASE ${building} RENAME TO ${name}`);
  });
  return name;
}

/**
 * Has the roles log in with as little hashing as can be: an application under test opens a dozen connections, and each
 * would take both sides longer than most statements do.
 */
export async function easeLogins({ superuserUrl, ownerUrl, appUrl }: Omit<ClusterUrls, 'template'>): Promise<void> {
  await withAdmin(superuserUrl, async (client) => {
    await client.query('SET scram_iterations = 1');
    for (const { username, password } of [superuserUrl, ownerUrl, appUrl].map((url) => new URL(url))) {
      await client.query(`ALTER ROLE ${username} PASSWORD ${client.escapeLiteral(decodeURIComponent(password))}`);
    }
  });
}

export interface TestDatabase {
  /** As the role of the application. */
  readonly url: string;
  /** As the owner of the schema. */
  readonly ownerUrl: string;
  readonly superuserUrl: string;
  drop(): Promise<void>;
}

/** Connections to a database under test. Those that idle when it is dropped end with an error that nobody waits for. */
export function openPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max, allowExitOnIdle: true });
  pool.on('error', () => undefined);
  return pool;
}

let keeper: pg.Pool | undefined;

/** The one connection that makes databases and drops them, kept while it is in use and in nobody's way when it is not. */
function keeperOf(url: string): pg.Pool {
  keeper ??= openPool(url, 1);
  return keeper;
}

/** A database of its own for a test file, made from the migrated template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const urls = clusterUrls();
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const databases = keeperOf(urls.superuserUrl);
  // To copy files that lie in memory costs half of what it costs to log every page of them.
  await databases.query(`CREATE DATABASE ${name} TEMPLATE ${urls.template} STRATEGY file_copy OWNER tradepost_owner`);
  return {
    url: onDatabase(urls.appUrl, name),
    ownerUrl: onDatabase(urls.ownerUrl, name),
    superuserUrl: onDatabase(urls.superuserUrl, name),
    drop: async () => {
      await databases.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** Drops databases that earlier runs left behind when they were killed. */
export async function dropAbandoned(superuserUrl: string): Promise<void> {
  await withAdmin(superuserUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      `SELECT datname FROM pg_database d WHERE datname ~ '^(test|building)_'
         AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)`,
    );
    for (const { datname } of rows) {
      const pid = Number(/^test_(\d+)_/.exec(datname)?.[1] ?? 0);
      if (pid === 0 || !isAlive(pid)) await client.query(`DROP DATABASE IF EXISTS ${datname}`);
    }
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
