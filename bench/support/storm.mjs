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
  const attempts = Array.from({ length: logins }, (_, index) => {
    const connection = new HttpConnection(origin);
    const json = { email: `shopper-${index % 100}@bench.example`, password: 'Wrong-passw0rd!' };
    return { connection, request: connection.encode({ method: 'POST', path: '/api/users/login', json }) };
  });
  // Browsers have connected when their users press the button; only so do the requests come at once.
  await Promise.all(attempts.map(({ connection }) => connection.open()));
  const statuses = await Promise.all(
    attempts.map(async ({ connection, request }) => {
      const { status } = await connection.send(request);
      connection.close();
      return status;
    }),
  );
  /** @type {Record<string, number>} */
  const counts = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  parentPort?.postMessage(counts);
}

if (!isMainThread) await rage(workerData);
