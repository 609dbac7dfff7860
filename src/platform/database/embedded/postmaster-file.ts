import { readFile, readlink, realpath, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isAlive, run } from './child-process.js';
import { errorCode } from './embedded-cluster.error.js';

/** What `postmaster.pid` says of the server that holds the cluster; the port is written a little after the pid. */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number | undefined;
}

export async function readPostmasterFile(clusterDir: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(pathOf(clusterDir), 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  });
  // Lines: pid (negative for a single-user server), data directory, start time, port, … (miscadmin.h of PostgreSQL)
  const lines = text.split('\n');
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  const port = Number.parseInt(lines[3] ?? '', 10);
  if (!(pid > 0)) return undefined;
  return { pid, port: port > 0 ? port : undefined };
}

/** The live server of this cluster, or undefined when there is no file, its process is gone or its pid was reused. */
export async function livePostmaster(clusterDir: string): Promise<PostmasterFile | undefined> {
  const file = await readPostmasterFile(clusterDir);
  return file !== undefined && (await isPostmaster(file.pid, clusterDir)) ? file : undefined;
}

/**
 * PostgreSQL refuses to start while the pid of an earlier server belongs to a live process, even when that is another
 * program (in a container, pids repeat at every start). So the file goes if its process is known not to be a server.
 */
export async function removeForeignPostmasterFile(clusterDir: string): Promise<void> {
  const file = await readPostmasterFile(clusterDir);
  if (file === undefined || !isAlive(file.pid) || (await isPostmaster(file.pid, clusterDir))) return;
  const again = await readPostmasterFile(clusterDir);
  if (again?.pid === file.pid) await unlink(pathOf(clusterDir));
}

/** Whether the process is the PostgreSQL server of this cluster. In doubt it is: two servers on it would destroy it. */
export async function isPostmaster(pid: number, clusterDir: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  if (process.platform === 'linux') return isLinuxPostmaster(pid, clusterDir);
  const { ok, output } = await run({ file: 'ps', args: ['-ww', '-o', 'command=', '-p', String(pid)] });
  return ok && /(^|\/)postgres(\s|$)/.test(output);
}

async function isLinuxPostmaster(pid: number, clusterDir: string): Promise<boolean> {
  // Empty for a process that has ended but was not yet waited for by its parent.
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const args = commandLine.split('\0');
  if (basename(args[0] ?? '') !== 'postgres') return false;
  if (args.includes(clusterDir)) return true;
  // The same directory may have been named in another way; the server works in it.
  const workingDir = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return workingDir === undefined || workingDir === (await realpath(clusterDir).catch(() => clusterDir));
}

function pathOf(clusterDir: string): string {
  return join(clusterDir, 'postmaster.pid');
}
