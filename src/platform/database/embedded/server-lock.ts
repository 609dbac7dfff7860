import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedClusterError } from './embedded-cluster.error.js';
import type { EmbeddedCluster } from './embedded-cluster.js';
import { LOCK_CLASS, LOCK_KEYS, Session } from './session.js';

export interface ServerLock {
  /** Lets the next server in. Safe to repeat. */
  release(): Promise<void>;
}

type Cluster = Pick<EmbeddedCluster, 'superuserUrl' | 'dataDir'>;

const APPLICATION_NAME = 'tradepost server pid=';
/** A restarted server may find its killed predecessor's connection still closing. */
const PATIENCE_MS = 2000;
const POLL_MS = 50;
const RETRY_MS = 500;

/**
 * Makes this process the one server of an embedded cluster; command-line tools beside it do not take this lock. It
 * frees itself when the process dies.
 *
 * @throws EmbeddedClusterError naming the data directory and the pid of the server that has it
 */
export async function acquireServerLock(cluster: Cluster, log: (message: string) => void): Promise<ServerLock> {
  const deadline = Date.now() + PATIENCE_MS;
  let session = await claim(cluster, deadline);
  let released = false;
  const watch = (): void => {
    session.watch(() => {
      if (!released) void reclaim();
    });
  };
  // The server restarted under us: the claim went with it, and is renewed as soon as it is back.
  const reclaim = async (): Promise<void> => {
    for (let reported = false; !released; await delay(RETRY_MS, undefined, { ref: false })) {
      try {
        session = await claim(cluster, Date.now());
        if (released) await session.end();
        else watch();
        return;
      } catch (error) {
        if (error instanceof EmbeddedClusterError && !reported) log(error.message);
        reported ||= error instanceof EmbeddedClusterError;
      }
    }
  };
  watch();
  return {
    release: async () => {
      released = true;
      await session.end().catch(() => undefined);
    },
  };
}

async function claim({ superuserUrl, dataDir }: Cluster, deadline: number): Promise<Session> {
  const session = await Session.connect(superuserUrl, `${APPLICATION_NAME}${process.pid}`);
  try {
    for (;;) {
      const lock = [LOCK_CLASS, LOCK_KEYS.serving];
      const [row] = await session.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS taken', lock);
      if (row?.taken === true) return session;
      if (Date.now() >= deadline) throw alreadyRunning(dataDir, await holderOf(session));
      await delay(POLL_MS);
    }
  } catch (error) {
    await session.end().catch(() => undefined);
    throw error;
  }
}

async function holderOf(session: Session): Promise<string | undefined> {
  const [holder] = await session.query<{ name: string }>(
    `SELECT activity.application_name AS name
       FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid)
      WHERE held.locktype = 'advisory' AND held.classid = $1 AND held.objid = $2 AND held.granted`,
    [LOCK_CLASS, LOCK_KEYS.serving],
  );
  return holder?.name.startsWith(APPLICATION_NAME) ? holder.name.slice(APPLICATION_NAME.length) : undefined;
}

function alreadyRunning(dataDir: string, pid: string | undefined): EmbeddedClusterError {
  const who = pid === undefined ? '' : ` (pid ${pid})`;
  return new EmbeddedClusterError(
    `Another Tradepost server${who} is already running on the data directory ${dataDir}. Stop it, give this one a ` +
      'DATA_DIR of its own, or set DATABASE_URL to run several servers over one database.',
  );
}
