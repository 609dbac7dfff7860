import { spawn } from 'node:child_process';
import { chown, open, rename, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresBinaries } from './binaries.js';
import { type Command, run, spawnOptions } from './child-process.js';
import { type ClusterPaths, type ClusterSecrets, savePort } from './cluster-files.js';
import { EmbeddedClusterError, errorMessage } from './embedded-cluster.error.js';
import { isUnused, unusedPort } from './port.js';
import { isPostmaster, livePostmaster, removeForeignPostmasterFile } from './postmaster-file.js';
import { chooseRunAs } from './run-as.js';

/** All that is needed to start, reach and stop the server of one data directory. */
export interface PostmasterContext {
  readonly paths: ClusterPaths;
  readonly binaries: PostgresBinaries;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: (message: string) => void;
  secrets: ClusterSecrets;
}

export interface StartedPostmaster {
  /** Set once the process has ended: what it wrote to the log, and whether it failed. */
  readonly ended: { readonly failed: boolean; readonly output: string } | undefined;
  readonly logTail: () => Promise<string>;
  readonly stop: () => void;
}

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  max_wal_size: '1GB',
  checkpoint_completion_target: '0.9',
  fsync: 'on',
  synchronous_commit: 'on',
  password_encryption: 'scram-sha-256',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  cluster_name: 'tradepost',
  // The log is for failures of the server. Failed statements are reported by the application; their text and
  // details hold customers' data and stay out.
  log_min_messages: 'error',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};

const LOG_ROTATION_BYTES = 10 * 1024 * 1024;
const LOG_TAIL_BYTES = 2000;
/** The port may be held a moment longer by a dying server, or by another process that tries it just as this one. */
const PORT_ATTEMPTS = 10;
const PORT_RETRY_MS = 50;
const STOP_TIMEOUT_MS = 60_000;
const POLL_MS = 20;

/**
 * Starts the server in a session of its own, so that Ctrl-C in a terminal reaches the application alone, with the log
 * file as its only output, so that it survives the application. Does not wait until it is ready. Gives undefined when
 * another process has started it meanwhile.
 */
export async function startPostmaster(context: PostmasterContext): Promise<StartedPostmaster | undefined> {
  const { paths } = context;
  await removeForeignPostmasterFile(paths.clusterDir);
  if (!(await choosePort(context))) return undefined;
  const log = await openLog(paths);
  let ended: StartedPostmaster['ended'];
  const logTail = (): Promise<string> => readTail(paths.logFile, log.start);
  try {
    const command = await startCommand(context);
    const output = log.handle.fd;
    const options = { ...spawnOptions(command), detached: true, windowsHide: true };
    const child = spawn(command.file, command.args, { ...options, stdio: ['ignore', output, output] });
    child.once('error', (error) => {
      ended ??= { failed: true, output: error.message };
    });
    child.once('exit', async (code) => {
      ended ??= { failed: code !== 0, output: await logTail().catch(String) };
    });
    child.unref();
    return {
      logTail,
      stop: () => child.kill('SIGINT'),
      get ended() {
        return ended;
      },
    };
  } finally {
    await log.handle.close();
  }
}

/** Keeps the port if it can be had; gives false if the server of this very cluster has it by now. */
async function choosePort(context: PostmasterContext): Promise<boolean> {
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    if (await isUnused(context.secrets.port)) return true;
    // A server writes its lock file before it opens its port.
    if ((await livePostmaster(context.paths.clusterDir)) !== undefined) return false;
    await delay(PORT_RETRY_MS);
  }
  context.secrets = await savePort(context.paths, context.secrets, await unusedPort());
  return true;
}

async function startCommand({ paths, binaries, settings, secrets }: PostmasterContext): Promise<Command> {
  const all = { ...SETTINGS, ...settings, port: String(secrets.port) };
  const options = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  const runAs = await chooseRunAs(paths.clusterDir, binaries);
  if (process.platform !== 'win32') return runAs.command(binaries.postgres, ['-D', paths.clusterDir, ...options]);
  // On Windows an administrator's server must drop its rights first, which pg_ctl does.
  const quoted = options.map((option) => `"${option}"`).join(' ');
  return runAs.command(binaries.pgCtl, ['start', '-w', '-D', paths.clusterDir, '-l', paths.logFile, '-o', quoted]);
}

/** Stops the server as PostgreSQL calls "fast": clients are disconnected, a checkpoint is written. */
export async function stopPostmaster({ paths, binaries, log }: PostmasterContext, pid: number): Promise<void> {
  if (!(await isPostmaster(pid, paths.clusterDir))) return;
  if (process.platform === 'win32') {
    await run({ file: binaries.pgCtl, args: ['stop', '-W', '-m', 'fast', '-D', paths.clusterDir] });
  } else {
    process.kill(pid, 'SIGINT');
  }
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (await isPostmaster(pid, paths.clusterDir)) {
    if (Date.now() > deadline) {
      log(`PostgreSQL (pid ${pid}) has not stopped within ${STOP_TIMEOUT_MS / 1000} s; see ${paths.logFile}`);
      return;
    }
    await delay(POLL_MS);
  }
}

async function openLog({ logFile, clusterDir }: ClusterPaths) {
  const size = (await stat(logFile).catch(() => undefined))?.size ?? 0;
  if (size > LOG_ROTATION_BYTES) await rename(logFile, `${logFile}.1`);
  const handle = await open(logFile, 'a', 0o600).catch((cause: unknown) => {
    throw new EmbeddedClusterError(`Cannot write the log of PostgreSQL: ${errorMessage(cause)}`, { cause });
  });
  // The owner of the cluster may start it next time.
  const { uid, gid } = await stat(clusterDir);
  if (process.getuid?.() === 0 && uid !== 0) await chown(logFile, uid, gid);
  return { handle, start: (await handle.stat()).size };
}

async function readTail(logFile: string, start: number): Promise<string> {
  const handle = await open(logFile, 'r');
  try {
    const { size } = await handle.stat();
    const from = Math.max(start, size - LOG_TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(LOG_TAIL_BYTES), position: from });
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await handle.close();
  }
}
