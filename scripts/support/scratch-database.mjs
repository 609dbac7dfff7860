import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const dist = (/** @type {string} */ path) => import(pathToFileURL(join('dist', path)).href);
const root = fileURLToPath(new URL('../../dist/', import.meta.url));

/**
 * Makes an embedded PostgreSQL in a temporary folder, applies every migration, and takes all of it away again.
 * @template T
 * @param {(dataSource: import('typeorm').DataSource, url: string) => Promise<T>} work gets a connected data source
 *   that knows every entity, as the owner of the schema, and the URL of the database for an application
 * @returns {Promise<T>}
 */
export async function withMigratedDatabase(work) {
  const { openEmbeddedCluster } = await dist('src/platform/database/embedded/embedded-cluster.js');
  const { migrate } = await dist('src/platform/database/migrator.js');
  const { dataSourceOptions } = await dist('src/platform/database/data-source.js');
  const { parseConfig } = await dist('src/config/config.js');
  const { DataSource } = await import('typeorm');
  const config = parseConfig({});
  const dataDir = await mkdtemp(join(tmpdir(), 'tradepost-scratch-'));
  try {
    const cluster = await openEmbeddedCluster({ dataDir, log: () => {}, settings: { fsync: 'off' } });
    try {
      await migrate(cluster.ownerUrl, cluster.appUrl, config);
      const options = dataSourceOptions(cluster.ownerUrl, config, [join(root, 'src/**/*.entity.js')]);
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
