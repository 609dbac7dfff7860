import { join } from 'node:path';
import { startApplication } from './support/application.mjs';
import { benchCatalogue } from './support/catalogue.mjs';
import { freePort, startServer } from './support/child-process.mjs';
import { runComparison } from './support/comparison.mjs';
import { expectJson } from './support/http-connection.mjs';
import { applyLoad } from './support/load.mjs';
import { startRedis } from './support/redis.mjs';
import { median } from './support/statistics.mjs';
import { processCpuMs } from './support/usage.mjs';

const USAGE = `Compares the CPU of a read behind the guard with the same read in front of it, with and without Redis.

  node bench/guard.mjs [--rounds 4] [--assert 2]

  --assert  exit 1 when the guarded read takes more than so many times the CPU
`;

const PRODUCTS = 50;
const CUSTOMERS = 20;
const CONNECTIONS = 4;
const ROUND_MS = 1_500;

/**
 * @param {import('./support/child-process.mjs').Server} server
 * @param {'open' | 'guarded'} path
 * @param {import('./support/workloads.mjs').Dialect} dialect
 */
async function cpuPerRead({ origin, pid }, path, { productIds, customers }) {
  /** @type {import('./support/load.mjs').Workload} */
  const workload = (connection, worker) => {
    const requests = productIds.map((id, index) => {
      // The credentials are sent to both routes, so that nothing but the guard makes the difference.
      const headers = customers[(index + worker) % customers.length] ?? {};
      return connection.encode({ method: 'GET', path: `/api/bench/${path}/${id}`, headers });
    });
    let at = worker;
    return async () => {
      expectJson(await connection.send(requests[at++ % requests.length] ?? Buffer.alloc(0)), path);
    };
  };
  const before = processCpuMs(pid);
  const { count } = await applyLoad({ origin, workload, connections: CONNECTIONS, milliseconds: ROUND_MS });
  const after = processCpuMs(pid);
  if (before === undefined || after === undefined) throw new Error('/proc does not tell the time of processes here');
  return ((after - before) * 1_000) / count;
}

/**
 * @param {import('./support/child-process.mjs').Server} server
 * @param {import('./support/workloads.mjs').Dialect} dialect
 * @param {number} rounds
 */
async function compare(server, dialect, rounds) {
  const [id] = dialect.productIds;
  const anonymous = await fetch(`${server.origin}/api/bench/guarded/${id}`);
  if (anonymous.status !== 401) throw new Error(`the guarded read answered ${anonymous.status} without a bearer`);
  const lanes = /** @type {const} */ (['open', 'guarded']);
  /** @type {Record<'open' | 'guarded', number[]>} */
  const samples = { open: [], guarded: [] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) {
      const sample = await cpuPerRead(server, lane, dialect);
      if (round > 0) samples[lane].push(sample);
    }
  }
  return { open: median(samples.open), guarded: median(samples.guarded) };
}

/** @param {import('./support/comparison.mjs').Setting} setting */
async function measure({ cleanup, count: rounds, ...stage }) {
  const filled = await startApplication({
    ...stage,
    customers: CUSTOMERS,
    products: benchCatalogue(PRODUCTS),
    cleanup,
  });
  await filled.server.stop();
  const redisUrl = (await startRedis(cleanup, stage.workDir))?.url;
  if (redisUrl === undefined)
    process.stdout.write('There is no redis-server on the PATH: measured without it alone.\n');
  let worst = 0;
  for (const [name, redis] of redisUrl === undefined
    ? [['memory', '']]
    : [
        ['memory', ''],
        ['Redis', redisUrl],
      ]) {
    const port = await freePort();
    const env = {
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_DIR: join(stage.workDir, 'application'),
      DATABASE_URL: stage.databaseUrl,
      RATE_LIMIT_ENABLED: 'false',
      LOG_LEVEL: 'warn',
      NODE_ENV: 'production',
      REDIS_URL: redis ?? '',
    };
    const args = ['--enable-source-maps', 'bench/support/guard-server.mjs'];
    const server = await startServer({ args, cwd: stage.root, env, port, readyPath: '/health/live', cleanup });
    const { open, guarded } = await compare(server, filled.dialect, rounds);
    await server.stop();
    worst = Math.max(worst, guarded / open);
    process.stdout.write(
      `${name}: open ${open.toFixed(0)} µs, guarded ${guarded.toFixed(0)} µs of CPU a read, ratio ${(guarded / open).toFixed(2)}\n`,
    );
  }
  return worst;
}

await runComparison({ usage: USAGE, option: 'rounds', count: 4, measure });
