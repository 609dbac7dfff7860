import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { HttpConnection } from './http-connection.mjs';

/**
 * Sends logins with wrong passwords at once, each on a connection of its own, from a thread of its own so that they do
 * not hold up who measures.
 * @param {{ origin: string, logins: number }} options
 * @returns {Promise<Record<string, number>>} how many answers had each status
 */
export function loginStorm(options) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: options });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** @param {{ origin: string, logins: number }} options */
async function rage({ origin, logins }) {
  /** @type {Record<string, number>} */
  const statuses = {};
  const attempt = async (/** @type {number} */ index) => {
    const connection = new HttpConnection(origin);
    const json = { email: `shopper-${index % 100}@bench.example`, password: 'Wrong-passw0rd!' };
    const { status } = await connection.request({ method: 'POST', path: '/api/users/login', json });
    connection.close();
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  await Promise.all(Array.from({ length: logins }, (_, index) => attempt(index)));
  parentPort?.postMessage(statuses);
}

if (!isMainThread) await rage(workerData);
