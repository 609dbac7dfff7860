import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedClusterError, errorCode, errorMessage } from './embedded-cluster.error.js';
import { type PostmasterContext, type StartedPostmaster, startPostmaster } from './postmaster.js';
import { livePostmaster, type PostmasterFile } from './postmaster-file.js';
import { LOCK_CLASS, LOCK_KEYS, Session } from './session.js';

/** A live connection that holds the shared "attached" lock, and the server that it was made to. */
export interface Attachment {
  readonly session: Session;
  readonly port: number;
  readonly pid: number;
}

const START_TIMEOUT_MS = 30_000;
/** After kill -9 PostgreSQL replays its log before it answers; on a slow disk that is longer than a start may take. */
const RECOVERY_TIMEOUT_MS = 300_000;
const POLL_MS = 25;

const INVALID_PASSWORD = '28P01';
const CANNOT_CONNECT_NOW = '57P03';

/** Said by a server that lost the race for the port, or the one for the cluster: worth another try. */
const PASSING_FAILURE = /could not create any TCP\/IP sockets|lock file ".*" already exists|pre-existing shared memory/;

export function superuserUrl({ secrets }: PostmasterContext, port: number, database = 'postgres'): string {
  return `postgres://postgres:${secrets.superuserPassword}@127.0.0.1:${port}/${database}`;
}

/**
 * Joins the running server of the cluster, or starts it. Any number of processes may do this at once: PostgreSQL's own
 * lock file lets one server live, and whoever lost that race joins it.
 */
export async function attach(context: PostmasterContext): Promise<Attachment> {
  const { clusterDir } = context.paths;
  const startedAt = Date.now();
  let started: StartedPostmaster | undefined;
  let lastError: unknown;
  for (;;) {
    const running = await livePostmaster(clusterDir);
    if (running !== undefined) {
      const result = await tryAttach(context, running);
      if ('session' in result) return result;
      lastError = result.error;
    } else if (started === undefined || hasEndedHarmlessly(started)) {
      started = await startPostmaster(context);
    }
    const recovering = errorCode(lastError) === CANNOT_CONNECT_NOW;
    const limit = recovering ? RECOVERY_TIMEOUT_MS : START_TIMEOUT_MS;
    if (Date.now() - startedAt > limit) throw await timedOut(context, started, limit, lastError);
    await delay(POLL_MS);
  }
}

function hasEndedHarmlessly({ ended }: StartedPostmaster): boolean {
  if (ended === undefined) return false;
  if (!ended.failed || PASSING_FAILURE.test(ended.output)) return true;
  throw new EmbeddedClusterError(`The embedded PostgreSQL does not start:\n${ended.output}`);
}

async function tryAttach(
  context: PostmasterContext,
  { pid, port }: PostmasterFile,
): Promise<Attachment | { readonly error: unknown }> {
  if (port === undefined) return { error: new Error('it has not opened its port') };
  let session: Session | undefined;
  try {
    session = await Session.connect(superuserUrl(context, port), `tradepost attached pid=${process.pid}`);
    // Waits while the last user is stopping the server, and then fails with the connection.
    await session.query('SELECT pg_advisory_lock_shared($1, $2)', [LOCK_CLASS, LOCK_KEYS.attached]);
    return { session, port, pid };
  } catch (error) {
    await session?.end().catch(() => undefined);
    if (errorCode(error) === INVALID_PASSWORD) {
      const { clusterDir, secretsFile } = context.paths;
      throw new EmbeddedClusterError(
        `The password in ${secretsFile} is not that of the cluster in ${clusterDir}: restore both from one backup`,
        { cause: error },
      );
    }
    return { error };
  }
}

async function timedOut(
  { paths }: PostmasterContext,
  started: StartedPostmaster | undefined,
  limitMs: number,
  lastError: unknown,
): Promise<EmbeddedClusterError> {
  const output = await started?.logTail().catch(String);
  if (started?.ended === undefined) started?.stop();
  const reason = lastError === undefined ? '' : `: ${errorMessage(lastError)}`;
  return new EmbeddedClusterError(
    `The embedded PostgreSQL in ${paths.clusterDir} was not ready within ${limitMs / 1000} s${reason}. Its log is ` +
      `${paths.logFile}${output ? `, which ends:\n${output}` : ''}`,
  );
}
