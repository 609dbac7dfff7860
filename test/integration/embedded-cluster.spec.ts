import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type EmbeddedCluster, openEmbeddedCluster } from '../../src/platform/database/embedded/embedded-cluster.js';
import { livePostmaster } from '../../src/platform/database/embedded/postmaster-file.js';
import { acquireServerLock } from '../../src/platform/database/embedded/server-lock.js';
import { compiled } from '../support/compiled.js';

const settings = { fsync: 'off' };
const log = (): void => undefined;

/** A finished cluster for all specs that need no new one; each leaves it stopped. */
let shared: string;
let dataDir: string;
let clusterDir: string;
let releases: (() => Promise<void>)[];

async function temporaryDir(): Promise<string> {
  // A space in the path, as in "Program Files" or "My Shop".
  return realpath(await mkdtemp(join(tmpdir(), 'tradepost cluster ')));
}

beforeAll(async () => {
  shared = join(await temporaryDir(), 'data');
  await (await openEmbeddedCluster({ dataDir: shared, log, settings })).release();
});

afterAll(() => rm(join(shared, '..'), { recursive: true, force: true }));

beforeEach(() => {
  releases = [];
});

afterEach(async () => {
  for (const release of releases.reverse()) await release();
});

function use(dir: string): void {
  dataDir = dir;
  clusterDir = join(dir, 'postgres');
}

async function open(): Promise<EmbeddedCluster> {
  const cluster = await openEmbeddedCluster({ dataDir, log, settings });
  releases.push(() => cluster.release());
  return cluster;
}

function startProcess(role: 'tool' | 'server'): ChildProcess {
  const program = compiled('test/support/embedded-cluster-process.ts');
  const child = spawn(process.execPath, [program, dataDir, role], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  releases.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.stdin?.end();
    await once(child, 'exit');
  });
  return child;
}

async function openInProcess(role: 'tool' | 'server') {
  const child = startProcess(role);
  const [line] = await once(createInterface({ input: child.stdout ?? process.stdin }), 'line');
  const cluster: Pick<EmbeddedCluster, 'appUrl' | 'superuserUrl'> = JSON.parse(String(line));
  return { child, cluster };
}

async function leave(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  await once(child, 'exit');
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  await exited;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client.query(text).then(
    async ({ rows }) => {
      await client.end();
      return rows;
    },
    async (error: unknown) => {
      await client.end();
      throw error;
    },
  );
}

async function eventually<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const result = await attempt().catch(() => undefined);
    if (result !== undefined) return result;
    await delay(20);
  }
}

describe('a new embedded cluster', () => {
  beforeEach(async () => {
    const dir = await temporaryDir();
    releases.push(() => rm(dir, { recursive: true, force: true }));
    use(join(dir, 'data'));
  });

  it('keeps its data, its URLs and its passwords from one open to the next', async () => {
    const first = await open();
    await query(first.ownerUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.release();
    expect(await livePostmaster(clusterDir)).toBeUndefined();

    const second = await open();
    expect(second.ownerUrl).toBe(first.ownerUrl);
    expect(await query(second.appUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('is one server for processes that open it at the same time', async () => {
    const [here, there] = await Promise.all([open(), openInProcess('tool')]);
    expect(there.cluster.appUrl).toBe(here.appUrl);
    expect((await readdir(dataDir)).sort()).toEqual(['postgres', 'postgres.json', 'postgres.log']);
  });

  it('opens after a process was killed in the middle of creating it', async () => {
    const child = startProcess('tool');
    await eventually(async () => (await readdir(dataDir)).find((name) => name.startsWith('postgres.init-')));
    await kill(child);
    await open();
    expect((await readdir(dataDir)).sort()).toEqual(['postgres', 'postgres.json', 'postgres.log']);
  });
});

describe('an embedded cluster', () => {
  beforeEach(() => use(shared));

  it('lets the application change rows but not the structure, and hides its secrets', async () => {
    const { ownerUrl, appUrl } = await open();
    await query(ownerUrl, 'CREATE TABLE things (id bigserial, name citext)');
    expect(await query(appUrl, "INSERT INTO things (name) VALUES ('Кофе') RETURNING name")).toEqual([{ name: 'Кофе' }]);
    expect(await query(appUrl, "SELECT name FROM things WHERE name = 'КОФЕ'")).toHaveLength(1);
    await expect(query(appUrl, 'TRUNCATE things')).rejects.toThrow(/permission denied/);
    await expect(query(appUrl, 'CREATE TABLE mine (id int)')).rejects.toThrow(/permission denied/);
    expect((await stat(join(dataDir, 'postgres.json'))).mode & 0o777).toBe(0o600);
  });

  it('finds words outside ASCII by trigram', async () => {
    const { appUrl } = await open();
    expect(await query(appUrl, "SELECT show_trgm('кофе') <> '{}' AS found")).toEqual([{ found: true }]);
  });

  it('runs until the last process has left', async () => {
    const { child } = await openInProcess('tool');
    const cluster = await open();
    await leave(child);
    expect(await query(cluster.appUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await cluster.release();
    expect(await livePostmaster(clusterDir)).toBeUndefined();
  });

  it('adopts the server that a killed process left running', async () => {
    const { child } = await openInProcess('server');
    const orphan = await livePostmaster(clusterDir);
    await kill(child);
    expect(await livePostmaster(clusterDir)).toEqual(orphan);

    const cluster = await open();
    expect(await livePostmaster(clusterDir)).toEqual(orphan);
    const lock = await acquireServerLock(cluster, log);
    await lock.release();
    await cluster.release();
    expect(await livePostmaster(clusterDir)).toBeUndefined();
  });

  it('comes back at the same address after its server was killed', async () => {
    const cluster = await open();
    await query(cluster.ownerUrl, 'CREATE TABLE kept AS SELECT 1 AS answer');
    const killed = await livePostmaster(clusterDir);
    process.kill(killed?.pid ?? 0, 'SIGKILL');
    const rows = await eventually(async () => {
      const now = await livePostmaster(clusterDir);
      return now === undefined || now.pid === killed?.pid ? undefined : query(cluster.appUrl, 'SELECT * FROM kept');
    });
    expect(rows).toEqual([{ answer: 1 }]);
  });

  it('starts although the pid of its killed server now belongs to another program', async () => {
    const first = await open();
    await first.release();
    const lockFile = [process.pid, clusterDir, 0, 5432, '', '127.0.0.1', '', 'ready'].join('\n');
    await writeFile(join(clusterDir, 'postmaster.pid'), `${lockFile}\n`);
    const second = await open();
    expect(await query(second.appUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('says why it does not start, from the log of the server', async () => {
    const opened = openEmbeddedCluster({ dataDir, log, settings: { ...settings, work_mem: 'much' } });
    await expect(opened).rejects.toThrow(/does not start:[\s\S]*work_mem/);
  });

  it('refuses a cluster of another major version and names it', async () => {
    const versionFile = join(clusterDir, 'PG_VERSION');
    const version = await readFile(versionFile);
    releases.push(() => writeFile(versionFile, version));
    await writeFile(versionFile, '15\n');
    await expect(open()).rejects.toThrow(`${clusterDir} was made by PostgreSQL 15`);
  });
});

describe('the server lock', () => {
  beforeEach(() => use(shared));

  it('refuses a second server, naming the data directory and the pid of the first', async () => {
    const { child } = await openInProcess('server');
    const cluster = await open();
    const refusal = acquireServerLock(cluster, log);
    await expect(refusal).rejects.toThrow(`Another Tradepost server (pid ${child.pid})`);
    await expect(refusal).rejects.toThrow(dataDir);
  });

  it('is free as soon as its process is killed or has left', async () => {
    const cluster = await open();
    const { child } = await openInProcess('server');
    await kill(child);
    const lock = await acquireServerLock(cluster, log);
    await lock.release();
    const again = await acquireServerLock(cluster, log);
    await again.release();
  });

  it('is held again after the database server was killed', async () => {
    const cluster = await open();
    const lock = await acquireServerLock(cluster, log);
    releases.push(() => lock.release());
    process.kill((await livePostmaster(clusterDir))?.pid ?? 0, 'SIGKILL');
    const held = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 3 AND granted";
    await eventually(async () => (await query(cluster.superuserUrl, held))[0]);
    await expect(acquireServerLock(cluster, log)).rejects.toThrow(`pid ${process.pid}`);
  });
});
