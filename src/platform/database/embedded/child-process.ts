import { spawn } from 'node:child_process';
import { errorCode } from './embedded-cluster.error.js';

/** A command line, and the user to run it as where that is not the user of this process. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  /** The root directory unless given: it is one that every user may enter. */
  readonly cwd?: string;
}

export interface CommandResult {
  readonly ok: boolean;
  readonly output: string;
}

/**
 * PostgreSQL must not see the caller's PG* and locale variables: they change its defaults. Windows needs the
 * inherited ones (SystemRoot and others) to load a program at all.
 */
const POSIX_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

/** Options common to all child processes. */
export function spawnOptions({ uid, gid, cwd }: Command) {
  return process.platform === 'win32' ? { cwd } : { uid, gid, cwd: cwd ?? '/', env: POSIX_ENVIRONMENT };
}

/** Runs a command to its end; a command that cannot be started is a result that is not ok, too. */
export function run(command: Command): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    const child = spawn(command.file, command.args, { ...spawnOptions(command), stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code, signal) => {
      resolve({ ok: code === 0, output: signal === null ? output : `${output}\nended by ${signal}` });
    });
  });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Alive, but somebody else's.
    return errorCode(error) === 'EPERM';
  }
}
