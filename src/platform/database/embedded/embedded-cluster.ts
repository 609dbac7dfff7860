import { mkdir } from 'node:fs/promises';
import { type Attachment, attach, superuserUrl } from './attach.js';
import { AttachedProcess } from './attached-process.js';
import { loadBinaries, type PostgresBinaries } from './binaries.js';
import { APP_ROLE, bootstrap, DATABASE, OWNER_ROLE } from './bootstrap.js';
import { type ClusterPaths, type ClusterSecrets, clusterPaths, createSecrets, readSecrets } from './cluster-files.js';
import { describing, EmbeddedClusterError } from './embedded-cluster.error.js';
import { clusterExists, initCluster, removeAbandoned } from './init-cluster.js';
import type { PostmasterContext } from './postmaster.js';

export interface EmbeddedClusterOptions {
  /** DATA_DIR, relative or absolute. The cluster lies in `postgres` under it; created as needed. */
  readonly dataDir: string;
  readonly log: (message: string) => void;
  /** Server settings over the defaults, used if this call starts the server: `{ fsync: 'off' }` in tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedCluster {
  /** The absolute DATA_DIR. */
  readonly dataDir: string;
  /** For migrations: owns the database. */
  readonly ownerUrl: string;
  /** For the application: reads and writes rows, cannot change the structure. */
  readonly appUrl: string;
  /** The maintenance database `postgres`, as superuser. */
  readonly superuserUrl: string;
  /** Leaves the cluster; the last process to do so stops the server and waits until it has. Safe to repeat. */
  release(): Promise<void>;
}

/**
 * Opens the PostgreSQL of a data directory: creates it the first time, joins its server if that runs (started by any
 * process), starts it otherwise. Neither the server nor this handle keeps the process alive; end with `release()`.
 *
 * @throws EmbeddedClusterError with what to do, when the server cannot be had
 */
export async function openEmbeddedCluster(options: EmbeddedClusterOptions): Promise<EmbeddedCluster> {
  const paths = clusterPaths(options.dataDir);
  const settings = options.settings ?? {};
  const binaries = await describing('load its programs', loadBinaries);
  const secrets = await describing(`prepare ${paths.dataDir}`, () =>
    prepareCluster(paths, binaries, options.log, settings.fsync !== 'off'),
  );
  const context: PostmasterContext = { paths, binaries, settings, secrets, log: options.log };
  const attachment = await describing(`run in ${paths.dataDir}`, () => attach(context));
  const attached = new AttachedProcess(context, attachment);
  try {
    await describing('create the roles and the database', () =>
      bootstrap(attachment.session, superuserUrl(context, attachment.port, DATABASE), secrets),
    );
  } catch (error) {
    await attached.release();
    throw error;
  }
  attached.watch();
  return { ...urls(context, attachment), dataDir: paths.dataDir, release: () => attached.release() };
}

async function prepareCluster(
  paths: ClusterPaths,
  binaries: PostgresBinaries,
  log: (message: string) => void,
  sync: boolean,
): Promise<ClusterSecrets> {
  await mkdir(paths.dataDir, { recursive: true });
  await removeAbandoned(paths);
  const exists = await clusterExists(paths);
  const existing = await readSecrets(paths);
  if (exists) {
    if (existing !== undefined) return existing;
    throw new EmbeddedClusterError(
      `${paths.secretsFile}, which holds the passwords of the cluster in ${paths.clusterDir}, is missing: restore it ` +
        'from a backup, or move the cluster away to begin anew',
    );
  }
  const secrets = existing ?? (await createSecrets(paths));
  log(`Creating the embedded PostgreSQL in ${paths.clusterDir}`);
  await initCluster(paths, secrets, binaries, sync);
  return secrets;
}

function urls(context: PostmasterContext, { port }: Attachment) {
  const { ownerPassword, appPassword } = context.secrets;
  const url = (role: string, password: string): string =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${DATABASE}`;
  return {
    ownerUrl: url(OWNER_ROLE, ownerPassword),
    appUrl: url(APP_ROLE, appPassword),
    superuserUrl: superuserUrl(context, port),
  };
}
