import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { startApplication } from './support/application.mjs';
import { benchCatalogue } from './support/catalogue.mjs';
import { runComparison } from './support/comparison.mjs';
import { expectJson, HttpConnection } from './support/http-connection.mjs';
import { percentile } from './support/statistics.mjs';
import { loginStorm } from './support/storm.mjs';

const USAGE = `Reads products while a thousand logins arrive at once, and compares with the same reads before.

  node bench/login-storm.mjs [--logins 1000] [--assert 3]

  --assert  exit 1 when the reads' p99 is more than so many times what it is without the logins
`;

const READERS = 4;
const PAUSE_MS = 2;
const IDLE_MS = 4_000;

/**
 * Reads one product after another until told, as shoppers do who look at what they read.
 * @param {string} origin
 * @param {readonly string[]} ids
 * @param {Promise<unknown>} end
 * @returns {Promise<number[]>} latencies in ms, ascending
 */
async function readProducts(origin, ids, end) {
  /** @type {number[]} */
  const latencies = [];
  let reading = true;
  const reader = async (/** @type {number} */ index) => {
    const connection = new HttpConnection(origin);
    for (let at = index; reading; at += 1) {
      const path = `/api/products/${ids[at % ids.length]}`;
      const started = performance.now();
      expectJson(await connection.request({ method: 'GET', path }), path);
      latencies.push(performance.now() - started);
      await delay(PAUSE_MS);
    }
    connection.close();
  };
  const readers = Promise.all(Array.from({ length: READERS }, (_, index) => reader(index)));
  await end;
  reading = false;
  await readers;
  return latencies.sort((a, b) => a - b);
}

/** @param {import('./support/comparison.mjs').Setting} setting */
async function measure({ cleanup, count: logins, ...stage }) {
  const { server, dialect } = await startApplication({
    ...stage,
    customers: 100,
    products: benchCatalogue(50),
    cleanup,
  });
  const { origin } = server;
  const read = (/** @type {Promise<unknown>} */ end) => readProducts(origin, dialect.productIds, end);
  await read(delay(1_000));
  const idle = await read(delay(IDLE_MS));
  const started = performance.now();
  const storm = loginStorm({ origin, logins });
  const during = await read(storm);
  const seconds = (performance.now() - started) / 1_000;
  const ratio = percentile(during, 99) / percentile(idle, 99);
  const line = (/** @type {string} */ name, /** @type {number[]} */ latencies) =>
    `${name}: ${latencies.length} reads, p50 ${percentile(latencies, 50).toFixed(2)} ms, ` +
    `p99 ${percentile(latencies, 99).toFixed(2)} ms\n`;
  process.stdout.write(line('idle', idle) + line('storm', during));
  process.stdout.write(
    `logins: ${JSON.stringify(await storm)} within ${seconds.toFixed(1)} s\np99 ratio ${ratio.toFixed(2)}\n`,
  );
  return ratio;
}

await runComparison({ usage: USAGE, option: 'logins', count: 1_000, measure });
