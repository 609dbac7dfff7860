import type { Config } from '../../config/config.js';
import { openEmbeddedCluster } from './embedded/embedded-cluster.js';
import { acquireServerLock } from './embedded/server-lock.js';

/** A database that can be connected to: the one that is configured, or the embedded one, started for the purpose. */
export interface OpenDatabase {
  /** For the application: may read and write rows, and no more where the roles are apart. */
  readonly url: string;
  /** For migrations: the role that owns the schema. */
  readonly migrationUrl: string;
  readonly embedded: boolean;
  /** Stops an embedded PostgreSQL that no other process uses. */
  release(): Promise<void>;
}

/**
 * Opens the database that the configuration names.
 * @param purpose a server is alone on an embedded database; tools may work beside it
 * @throws {Error} saying why it cannot be had, for example that another server runs on the same DATA_DIR
 */
export async function openDatabase(
  config: Config,
  purpose: 'server' | 'tool',
  log: (message: string) => void,
): Promise<OpenDatabase> {
  if (config.DATABASE_URL !== undefined) {
    const migrationUrl = config.DATABASE_MIGRATION_URL ?? config.DATABASE_URL;
    return { url: config.DATABASE_URL, migrationUrl, embedded: false, release: async () => undefined };
  }
  const cluster = await openEmbeddedCluster({ dataDir: config.DATA_DIR, log });
  try {
    const lock = purpose === 'server' ? await acquireServerLock(cluster, log) : undefined;
    const release = async (): Promise<void> => {
      await lock?.release();
      await cluster.release();
    };
    return { url: cluster.appUrl, migrationUrl: cluster.ownerUrl, embedded: true, release };
  } catch (error) {
    await cluster.release();
    throw error;
  }
}
