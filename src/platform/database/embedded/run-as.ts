import { lchown, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PostgresBinaries } from './binaries.js';
import { type Command, run } from './child-process.js';
import { EmbeddedClusterError, USE_DATABASE_URL } from './embedded-cluster.error.js';

/** Runs the programs of PostgreSQL as a user that they accept. */
export interface RunAs {
  command(file: string, args: readonly string[]): Command;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root (it says so itself), so root lends the cluster to another user of the system. A
 * cluster that already has an owner keeps it. Only the given directory changes hands.
 *
 * @param dir the cluster, or the directory in which it is about to be made
 */
export async function chooseRunAs(dir: string, binaries: PostgresBinaries): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { command: (file, args) => ({ file, args }) };
  const owner = await stat(dir);
  const account: Account = owner.uid === 0 ? await systemAccount() : owner;
  if (owner.uid === 0) await chownTree(dir, account);
  const failures: string[] = [];
  for (const candidate of candidatesFor(account)) {
    const { ok, output } = await probe(candidate, dir, binaries);
    if (ok) return candidate;
    failures.push(output.trim());
  }
  throw new EmbeddedClusterError(
    `PostgreSQL does not run as root, and user ${account.uid} cannot use ${dir} or the programs in ` +
      `${binaries.postgres} (${failures.filter(Boolean).join('; ')}). Let other users enter the folders above them ` +
      `(chmod o+x), run Tradepost as an ordinary user, or install setpriv (util-linux). ${USE_DATABASE_URL}`,
  );
}

/** An ordinary user can neither read nor hand over a cluster that was made by somebody else. */
export async function assertOwnedByCaller(dir: string): Promise<void> {
  const caller = process.getuid?.();
  if (caller === undefined || caller === 0) return;
  const { uid } = await stat(dir);
  if (uid === caller) return;
  throw new EmbeddedClusterError(
    `${dir} belongs to user ${uid}, and Tradepost runs as user ${caller}. Run Tradepost as the user who made it (root, ` +
      `if that is not user ${uid}), have root "chown -R ${caller}" the data directory while Tradepost is stopped, or ` +
      'choose another DATA_DIR.',
  );
}

/** The user of a PostgreSQL package if one is installed, else the user who owns nothing. */
async function systemAccount(): Promise<Account> {
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const entry = entries.find((fields) => fields[0] === name);
    const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
    if (entry !== undefined && Number.isInteger(uid) && uid !== 0) return { uid, gid };
  }
  throw new EmbeddedClusterError(
    'PostgreSQL does not run as root, and this system has neither a user "postgres" nor a user "nobody" to run it: ' +
      `run Tradepost as an ordinary user. ${USE_DATABASE_URL}`,
  );
}

async function chownTree(dir: string, account: Account): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await chownTree(path, account);
    else await lchown(path, account.uid, account.gid);
  }
  await lchown(dir, account.uid, account.gid);
}

/**
 * From least to most privilege. The last two let the process pass folders that are closed to its user (a project
 * under /root), by capabilities(7): reading and searching first; DAC_OVERRIDE besides runs files that only root may
 * execute. PostgreSQL asks access(2) whether it can execute itself, and that heeds the capabilities of a user who is
 * not root only under the securebit no_setuid_fixup.
 */
function candidatesFor({ uid, gid }: Account): RunAs[] {
  const withCapability = (capability: string): RunAs => {
    const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--securebits=+no_setuid_fixup'];
    const sets = ['bounding-set', 'inh-caps', 'ambient-caps'].map((set) => `--${set}=-all,+${capability}`);
    return { command: (file, args) => ({ file: 'setpriv', args: [...identity, ...sets, '--', file, ...args] }) };
  };
  return [
    { command: (file, args) => ({ file, args, uid, gid }) },
    withCapability('dac_read_search'),
    withCapability('dac_override'),
  ];
}

async function probe(candidate: RunAs, dir: string, binaries: PostgresBinaries) {
  const script = 'cd "$1" && test -w . && : <"$2" && "$3" --version && exec "$4" --version';
  const paths = [dir, binaries.catalogue, binaries.initdb, binaries.postgres];
  const { ok, output } = await run(candidate.command('/bin/sh', ['-c', script, 'sh', ...paths]));
  // Said beside the version, with exit code 0, when access(2) denies the server its own file.
  return { ok: ok && !output.includes('invalid binary'), output };
}
