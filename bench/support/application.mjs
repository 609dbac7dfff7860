import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogueCsv } from './catalogue.mjs';
import { freePort, runToEnd, SERVER, startServer } from './child-process.mjs';
import { expectJson, HttpConnection } from './http-connection.mjs';

const PASSWORD = 'Bench-Passw0rd!';
const REGISTRATIONS_AT_ONCE = 2;

/**
 * Starts the built application on an empty database and fills it the way its users would: the catalogue through the
 * import command, the customers through registration.
 * @param {{ root: string, databaseUrl: string, workDir: string, customers: number,
 *   products: readonly import('./catalogue.mjs').BenchProduct[], cleanup: import('./cleanup.mjs').Cleanup,
 *   settings?: Record<string, string> }} options `settings` are the server's, over those of every measurement
 * @returns {Promise<{ server: import('./child-process.mjs').Server, dialect: import('./workloads.mjs').Dialect }>}
 */
export async function startApplication({ root, databaseUrl, workDir, customers, products, cleanup, settings }) {
  const env = environment(workDir, databaseUrl);
  const server = await startReplica({ root, databaseUrl, workDir, cleanup, settings });
  const file = join(workDir, 'catalogue.csv');
  await writeFile(file, catalogueCsv(products));
  await runToEnd({ args: ['dist/src/cli/import-catalogue.js', file], cwd: root, env, cleanup });
  const productIds = await readProductIds(server.origin);
  if (productIds.length !== products.length) {
    throw new Error(`${products.length} products were imported and ${productIds.length} are listed`);
  }
  const tokens = await registerCustomers(server.origin, customers);
  const headers = tokens.map((token) => ({ authorization: `Bearer ${token}` }));
  return { server, dialect: { prefix: '/api', productIds, customers: headers } };
}

/**
 * @param {string} workDir
 * @param {string} databaseUrl
 * @returns {Record<string, string>}
 */
export function environment(workDir, databaseUrl) {
  return {
    HOST: '127.0.0.1',
    DATA_DIR: join(workDir, 'application'),
    DATABASE_URL: databaseUrl,
    RATE_LIMIT_ENABLED: 'false',
    MIGRATE_ON_START: 'always',
    LOG_LEVEL: 'warn',
    // The reference prints no invoices either; how many are printed beside is a matter of patience.
    MAIL_INVOICES: 'false',
    NODE_ENV: 'production',
  };
}

/**
 * Starts the built application on a database that may be in use already.
 * @param {{ root: string, databaseUrl: string, workDir: string, cleanup: import('./cleanup.mjs').Cleanup,
 *   settings?: Record<string, string> | undefined }} options
 * @returns {Promise<import('./child-process.mjs').Server>}
 */
export async function startReplica({ root, databaseUrl, workDir, cleanup, settings = {} }) {
  const port = await freePort();
  const env = { ...environment(workDir, databaseUrl), PORT: String(port), ...settings };
  return startServer({ args: SERVER, cwd: root, env, port, readyPath: '/health/ready', cleanup });
}

/** @param {string} origin */
async function readProductIds(origin) {
  const connection = new HttpConnection(origin);
  const ids = [];
  try {
    for (let cursor = ''; cursor !== null; ) {
      const path = `/api/products?perPage=100&cursor=${encodeURIComponent(cursor)}`;
      const page = expectJson(await connection.request({ method: 'GET', path }), `GET ${path}`);
      for (const { id } of page.items) ids.push(id);
      cursor = page.nextCursor;
    }
  } finally {
    connection.close();
  }
  return ids;
}

/**
 * @param {string} origin
 * @param {number} count
 * @returns {Promise<string[]>} access tokens
 */
async function registerCustomers(origin, count) {
  /** @type {string[]} */
  const tokens = [];
  let next = 0;
  const register = async () => {
    const connection = new HttpConnection(origin);
    try {
      while (next < count) {
        const index = next++;
        const json = { email: `shopper-${index}@bench.example`, password: PASSWORD, name: `Shopper ${index}` };
        const request = { method: 'POST', path: '/api/users/register', json };
        tokens[index] = expectJson(await connection.request(request), 'POST /api/users/register').accessToken;
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: REGISTRATIONS_AT_ONCE }, register));
  return tokens;
}

/**
 * What the application itself says it has sold to the given customers.
 * @param {string} origin
 * @param {import('./workloads.mjs').Dialect} dialect
 */
export async function salesKept(origin, dialect) {
  let kept = 0;
  for (const headers of dialect.customers) {
    const response = await fetch(`${origin}/api/sales/stats`, { headers });
    if (!response.ok) throw new Error(`GET /api/sales/stats answered ${response.status}: ${await response.text()}`);
    const stats = /** @type {{ totalSales: number }} */ (await response.json());
    kept += stats.totalSales;
  }
  return kept;
}
