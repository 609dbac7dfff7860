import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromDist } from './dist.mjs';

/**
 * Makes an embedded PostgreSQL in a temporary folder, applies every migration, and takes all of it away again.
 * @template T
 * @param {(dataSource: import('typeorm').DataSource, url: string) => Promise<T>} work gets a connected data source
 *   that knows every entity, as the owner of the schema, and the URL of the database for an application
 * @returns {Promise<T>}
 */
export async function withMigratedDatabase(work) {
  const { openEmbeddedCluster } = await fromDist('src/platform/database/embedded/embedded-cluster.js');
  const { migrate } = await fromDist('src/platform/database/migrator.js');
  const { dataSourceOptions } = await fromDist('src/platform/database/data-source.js');
  const { parseConfig } = await fromDist('src/config/config.js');
  const { DataSource } = await import('typeorm');
  const config = parseConfig({});
  const dataDir = await mkdtemp(join(tmpdir(), 'tradepost-scratch-'));
  try {
    const cluster = await openEmbeddedCluster({ dataDir, log: () => {}, settings: { fsync: 'off' } });
    try {
      await migrate(cluster.ownerUrl, cluster.appUrl, config);
      const options = dataSourceOptions(cluster.ownerUrl, config, [join(process.cwd(), 'dist/src/**/*.entity.js')]);
      const dataSource = await new DataSource(options).initialize();
      try {
        return await work(dataSource, cluster.appUrl);
      } finally {
        await dataSource.destroy();
      }
    } finally {
      await cluster.release();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
