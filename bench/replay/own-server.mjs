import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvField } from '../support/catalogue.mjs';
import { freePort, runToEnd, SERVER, startServer } from '../support/child-process.mjs';
import { formatMinor } from './minor-units.mjs';

/**
 * A server of the replay's own: a fresh data directory, an administrator and the catalogue.
 * @param {{ root: string, products: ReadonlyMap<string, import('./baskets.mjs').CatalogueProduct>,
 *   stock: ReadonlyMap<string, number>, cleanup: import('../support/cleanup.mjs').Cleanup }} options
 * @returns {Promise<{ origin: string, adminEmail: string, adminPassword: string }>}
 */
export async function startOwnServer({ root, products, stock, cleanup }) {
  const workDir = await mkdtemp(join(tmpdir(), 'tradepost-replay-'));
  cleanup.defer(`remove ${workDir}`, () => rm(workDir, { recursive: true, force: true }));
  const port = await freePort();
  const env = {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: join(workDir, 'data'),
    STORE_CURRENCY: 'GBP',
    RATE_LIMIT_ENABLED: 'false',
    MIGRATE_ON_START: 'always',
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
  };
  const { origin } = await startServer({ args: SERVER, cwd: root, env, port, readyPath: '/health/ready', cleanup });
  const adminEmail = 'admin@replay.example';
  const adminPassword = `Aa1!${randomBytes(18).toString('base64url')}`;
  const admin = ['dist/src/cli/admin.js', '--email', adminEmail, '--password', adminPassword];
  await runToEnd({ args: admin, cwd: root, env, cleanup });
  const file = join(workDir, 'catalogue.csv');
  await writeFile(file, catalogueCsv(products, stock));
  await runToEnd({ args: ['dist/src/cli/import-catalogue.js', file], cwd: root, env, cleanup });
  return { origin, adminEmail, adminPassword };
}

/**
 * @param {ReadonlyMap<string, import('./baskets.mjs').CatalogueProduct>} products
 * @param {ReadonlyMap<string, number>} stock
 */
function catalogueCsv(products, stock) {
  const rows = [...products.values()].map(({ sku, name, price }) =>
    [sku, name, formatMinor(price), stock.get(sku) ?? 0].map(csvField).join(','),
  );
  return `sku,name,price,stock\r\n${rows.join('\r\n')}\r\n`;
}
