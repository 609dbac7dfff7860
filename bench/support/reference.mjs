import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fillReference } from '../reference/fill.mjs';
import { freePort, startServer } from './child-process.mjs';

/**
 * Fills the reference's database and starts it.
 * @param {{ root: string, databaseUrl: string, workDir: string, customers: number, samples: { list: Buffer, detail: Buffer } | undefined,
 *   products: readonly import('./catalogue.mjs').BenchProduct[], batches: boolean,
 *   cleanup: import('./cleanup.mjs').Cleanup }} options
 *   `samples` are the application's answers, which the constant-bytes routes send; `batches` has it settle payments together
 * @returns {Promise<{ server: import('./child-process.mjs').Server, dialect: import('./workloads.mjs').Dialect }>}
 */
export async function startReference({ root, databaseUrl, workDir, customers, samples, products, batches, cleanup }) {
  const { productIds, accountIds } = await fillReference(databaseUrl, products, customers);
  const port = await freePort();
  const args = ['bench/reference/server.mjs', '--database', databaseUrl, '--port', String(port)];
  if (batches) args.push('--batches');
  if (samples !== undefined) {
    const list = join(workDir, 'list.json');
    const detail = join(workDir, 'detail.json');
    await writeFile(list, samples.list);
    await writeFile(detail, samples.detail);
    args.push('--cached-list', list, '--cached-detail', detail);
  }
  const env = { NODE_ENV: 'production' };
  const server = await startServer({ args, cwd: root, env, port, readyPath: '/health', cleanup });
  const headers = accountIds.map((id) => ({ 'x-account-id': id }));
  return { server, dialect: { prefix: '', productIds, customers: headers } };
}

/**
 * Two answers of a server, whole, for the constant-bytes routes.
 * @param {string} origin
 * @param {import('./workloads.mjs').Dialect} dialect
 */
export async function sampleAnswers(origin, dialect) {
  const read = async (/** @type {string} */ path) => {
    const response = await fetch(origin + dialect.prefix + path);
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
    return Buffer.from(await response.arrayBuffer());
  };
  return { list: await read('/products'), detail: await read(`/products/${dialect.productIds[0]}`) };
}
