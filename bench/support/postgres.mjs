import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { UsageError } from './cleanup.mjs';
import { parentPid, processTreeCpuMs } from './usage.mjs';

/** @typedef {{ adminUrl: string, ownerUrl: string }} PostgresServer `ownerUrl` names the role that owns the application's database */

/**
 * The server that both databases live on: the one of BENCH_DATABASE_URL, or an embedded one of this run's own.
 * @param {{ root: string, dataDir: string, cleanup: import('./cleanup.mjs').Cleanup }} options
 * @returns {Promise<PostgresServer>}
 */
export async function openPostgres({ root, dataDir, cleanup }) {
  const given = process.env.BENCH_DATABASE_URL;
  if (given) return { adminUrl: given, ownerUrl: given };
  const module = join(root, 'dist/src/platform/database/embedded/embedded-cluster.js');
  if (!existsSync(module)) throw new UsageError(`${module} is missing: run "npm run build" first`);
  const { openEmbeddedCluster } = await import(pathToFileURL(module).href);
  const cluster = await openEmbeddedCluster({
    dataDir,
    log: () => {},
    settings: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track_planning': 'on' },
  });
  cleanup.defer('stop the embedded PostgreSQL', () => cluster.release());
  return { adminUrl: cluster.superuserUrl, ownerUrl: cluster.ownerUrl };
}

/**
 * @param {string} url
 * @param {string} database
 */
export function withDatabase(url, database) {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/**
 * Makes an empty database of this run's own, dropped at the end.
 * @param {{ adminUrl: string, name: string, owner: string, cleanup: import('./cleanup.mjs').Cleanup }} options
 */
export async function createDatabase({ adminUrl, name, owner, cleanup }) {
  await withClient(adminUrl, async (client) => {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} OWNER ${client.escapeIdentifier(owner)}`);
  });
  cleanup.defer(`drop the database ${name}`, () =>
    withClient(adminUrl, (client) =>
      client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`),
    ),
  );
}

/**
 * Runs ANALYZE, so that the application's plans rest on the filled tables as they would in a shop that has run a day.
 * @param {string} url
 */
export function analyze(url) {
  return withClient(url, (client) => client.query('VACUUM (ANALYZE)'));
}

/**
 * @template T
 * @param {string} url
 * @param {(client: pg.Client) => Promise<T>} work
 */
export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * The process of the database server.
 * @param {string} url
 * @returns {Promise<number | undefined>} undefined where it is on another machine
 */
export async function postgresPid(url) {
  return withClient(url, async (client) => {
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    return isLocal(url) ? parentPid(rows[0].pid) : undefined;
  });
}

/**
 * Counts what a measurement costs the database server.
 * @param {string} adminUrl
 * @param {import('./cleanup.mjs').Cleanup} cleanup
 */
export async function openCounters(adminUrl, cleanup) {
  const client = new pg.Client({ connectionString: adminUrl });
  client.on('error', () => {});
  await client.connect();
  cleanup.defer('close the counting connection', () => client.end());
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid, inet_server_addr() AS address');
  const statements = await canCountStatements(client);
  const postmaster = isLocal(adminUrl) ? parentPid(rows[0].pid) : undefined;
  return {
    /** @returns {number | undefined} CPU of the whole database server in milliseconds; undefined when it is elsewhere */
    cpuMs: () => (postmaster === undefined ? undefined : processTreeCpuMs(postmaster)),
    /**
     * @param {string} database
     * @returns {Promise<number | undefined>} statements sent to it so far; undefined without pg_stat_statements
     */
    statements: async (database) => {
      if (!statements) return undefined;
      const counted = await client.query(
        `SELECT coalesce(sum(calls), 0)::float8 AS calls FROM pg_stat_statements s
         JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = $1 AND s.toplevel`,
        [database],
      );
      return counted.rows[0].calls;
    },
    /**
     * @param {string} database
     * @param {string} pattern a regular expression of PostgreSQL
     * @returns {Promise<number>} statements that match it, sent so far
     */
    matching: async (database, pattern) => {
      const counted = await client.query(
        `SELECT coalesce(sum(calls), 0)::float8 AS calls FROM pg_stat_statements s
         JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = $1 AND s.toplevel AND s.query ~ $2`,
        [database, pattern],
      );
      return counted.rows[0].calls;
    },
    /**
     * @param {string} database
     * @param {number} limit
     * @returns {Promise<{ ms: number, calls: number, mean: number, planning: number, statement: string }[]>} what took most of its time,
     *   planning included
     */
    costliest: async (database, limit) => {
      if (!statements) return [];
      const counted = await client.query(
        `SELECT round(s.total_plan_time + s.total_exec_time)::float8 AS ms, s.calls::float8 AS calls,
           round(((s.total_plan_time + s.total_exec_time) / s.calls)::numeric, 3)::float8 AS mean,
           round((s.total_plan_time / s.calls)::numeric, 3)::float8 AS planning, left(regexp_replace(s.query, '\\s+', ' ', 'g'), 160) AS statement FROM pg_stat_statements s
         JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = $1 AND s.toplevel ORDER BY ms DESC LIMIT $2`,
        [database, limit],
      );
      return counted.rows;
    },
  };
}

/** @param {pg.Client} client */
async function canCountStatements(client) {
  try {
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    await client.query('SELECT count(*) FROM pg_stat_statements');
    return true;
  } catch {
    return false;
  }
}

/** @param {string} url */
function isLocal(url) {
  const { hostname, searchParams } = new URL(url);
  return ['', 'localhost', '127.0.0.1', '[::1]'].includes(hostname) || (searchParams.get('host') ?? '').startsWith('/');
}
