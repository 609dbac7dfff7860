import { mkdirSync } from 'node:fs';
import { openEmbeddedCluster } from '../../src/platform/database/embedded/embedded-cluster.js';
import { dropAbandoned, easeLogins, ensureTemplate } from './cluster.js';
import { clusterDir } from './cluster-dir.js';
import { compileSources } from './compiled.js';
import { testKeysDir } from './keys.js';

/** Opens the PostgreSQL of the tests and makes the migrated template that every test database is copied from. */
export default async function globalSetup(): Promise<void> {
  const compiling = compileSources();
  // Before there are workers, of which each would make one and some would go on with another's.
  testKeysDir();
  const dataDir = clusterDir();
  mkdirSync(dataDir, { recursive: true });
  const cluster = await openEmbeddedCluster({
    dataDir,
    log: () => undefined,
    // Nothing in it outlives a run, so it need not survive a power cut.
    settings: {
      ...{ fsync: 'off', full_page_writes: 'off', max_wal_size: '256MB' },
      ...{ max_connections: '300', shared_buffers: '256MB', wal_level: 'minimal', max_wal_senders: '0' },
      // No database lives long enough to need it, and it would visit each of them.
      autovacuum: 'off',
    },
  });
  const { superuserUrl, ownerUrl, appUrl } = cluster;
  await easeLogins({ superuserUrl, ownerUrl, appUrl });
  await dropAbandoned(superuserUrl);
  const template = await ensureTemplate({ superuserUrl, ownerUrl, appUrl });
  process.env.TRADEPOST_TEST_CLUSTER = JSON.stringify({ superuserUrl, ownerUrl, appUrl, template });
  await compiling;
  (globalThis as { tradepostCluster?: typeof cluster }).tradepostCluster = cluster;
}
