import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { POSTGRES_MAJOR, type PostgresBinaries } from './binaries.js';
import { type Command, isAlive, run } from './child-process.js';
import type { ClusterPaths, ClusterSecrets } from './cluster-files.js';
import { EmbeddedClusterError, errorCode, USE_DATABASE_URL } from './embedded-cluster.error.js';
import { assertOwnedByCaller, chooseRunAs } from './run-as.js';

const TEMPORARY_PREFIX = 'postgres.init-';

/** Far longer than initdb takes; until then another process may still be at work in its temporary directory. */
const ABANDONED_AFTER_MS = 10 * 60_000;

/**
 * LC_CTYPE decides which characters pg_trgm takes for letters: under plain "C" every non-ASCII word is lost to
 * search. It comes from the operating system, so the first that this one knows is taken.
 */
const CHARACTER_TYPES = ['C.UTF-8', 'en_US.UTF-8', 'C'];

/** Whether the cluster exists; refuses one that this server cannot run. */
export async function clusterExists({ clusterDir }: ClusterPaths): Promise<boolean> {
  const present = await stat(clusterDir).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    },
  );
  if (!present) return false;
  await assertOwnedByCaller(clusterDir);
  if ((await readdir(clusterDir)).length === 0) return false;
  const version = await readFile(join(clusterDir, 'PG_VERSION'), 'utf8').catch(() => '');
  if (version.trim() === POSTGRES_MAJOR) return true;
  const found = version.trim() === '' ? 'is not a PostgreSQL cluster' : `was made by PostgreSQL ${version.trim()}`;
  throw new EmbeddedClusterError(
    `${clusterDir} ${found}, and this Tradepost brings PostgreSQL ${POSTGRES_MAJOR}: move it away, or run a server ` +
      'that reads it and set DATABASE_URL',
  );
}

/**
 * Makes the cluster in a temporary directory beside its place and renames it: a cluster is there complete or not at
 * all. When two processes do this at once, the second one finds the place taken and drops its own.
 */
export async function initCluster(
  paths: ClusterPaths,
  secrets: ClusterSecrets,
  binaries: PostgresBinaries,
  sync: boolean,
): Promise<void> {
  const name = `${TEMPORARY_PREFIX}${process.pid}-${randomBytes(4).toString('hex')}`;
  const temporary = join(paths.dataDir, name);
  const passwordFile = join(temporary, 'password');
  const freshDir = join(temporary, 'data');
  try {
    await mkdir(temporary, { mode: 0o700 });
    await writeFile(passwordFile, `${secrets.superuserPassword}\n`, { mode: 0o600 });
    const runAs = await chooseRunAs(temporary, binaries);
    await runInitdb(freshDir, (locale) => {
      const durability = sync ? [] : ['--no-sync'];
      const args = [`--pgdata=${freshDir}`, `--pwfile=${passwordFile}`, ...locale, ...durability];
      return runAs.command(binaries.initdb, ['--username=postgres', '--auth=scram-sha-256', ...args]);
    });
    await rm(passwordFile);
    await moveIntoPlace(freshDir, paths);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function runInitdb(freshDir: string, command: (locale: string[]) => Command): Promise<void> {
  const builtin = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const outputs: string[] = [];
  for (const characterType of CHARACTER_TYPES) {
    const { ok, output } = await run(command([...builtin, `--lc-ctype=${characterType}`]));
    if (ok) return;
    outputs.push(output.trim());
    if (!/invalid locale name/.test(output)) break;
    await rm(freshDir, { recursive: true, force: true });
  }
  throw new EmbeddedClusterError(
    `Cannot create the embedded PostgreSQL cluster: initdb failed.\n${outputs.join('\n').slice(-2000)}\n` +
      USE_DATABASE_URL,
  );
}

async function moveIntoPlace(freshDir: string, paths: ClusterPaths): Promise<void> {
  try {
    await rename(freshDir, paths.clusterDir);
  } catch (error) {
    if (await clusterExists(paths)) return;
    throw error;
  }
  // Windows cannot open a directory, and keeps the rename in its journal.
  if (process.platform === 'win32') return;
  const directory = await open(paths.dataDir, 'r');
  await directory.sync().finally(() => directory.close());
}

/** Removes what a process that was killed during initdb left behind. */
export async function removeAbandoned({ dataDir }: ClusterPaths): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(TEMPORARY_PREFIX)) continue;
    const pid = Number.parseInt(name.slice(TEMPORARY_PREFIX.length), 10);
    const path = join(dataDir, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age < ABANDONED_AFTER_MS && isAlive(pid)) continue;
    // Somebody else may be removing it too, or an orphaned initdb still be writing: the next start tries again.
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
