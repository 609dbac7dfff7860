import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { catalogueRequests, cursorAfter } from './support/catalogue-requests.mjs';
import { freePort, runToEnd, SERVER, startServer } from './support/child-process.mjs';
import { runProgram } from './support/cleanup.mjs';
import { numberOf } from './support/comparison.mjs';
import { expectJson, HttpConnection } from './support/http-connection.mjs';
import { fillLargeCatalogue } from './support/large-catalogue.mjs';
import { openPostgres, withClient, withDatabase } from './support/postgres.mjs';

import { median, percentile } from './support/statistics.mjs';

const USAGE = `Measures catalogue reads that no cache answers, in a small and in a large catalogue, and against one prepared
statement behind bare Fastify over the same tables.

  node bench/catalogue.mjs [--sizes 10000,1000000] [--requests 600] [--rounds 3] [--growth 2] [--ratio 0.6] [--keep]

  --sizes     products of the small and the large catalogue
  --requests  of each kind, in each round; for the rates, on each connection
  --growth    exit 1 when the p99 of a read grows by more than so many times from the small catalogue to the large
  --ratio     exit 1 when a read of the large catalogue is served at less than this share of the reference's rate
  --keep      leave the filled databases for a next run, which needs BENCH_DATABASE_URL
`;

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,1000000' },
    requests: { type: 'string', default: '600' },
    rounds: { type: 'string', default: '3' },
    growth: { type: 'string' },
    ratio: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const KINDS = /** @type {const} */ (['list', 'filtered', 'detail', 'search']);
const COMPARED = /** @type {const} */ (['list', 'detail', 'search']);
const RATE_CONNECTIONS = 4;
const DEEP_PAGES = 200;
const DEEP_PAGE = 40_000;
const PER_PAGE = 20;
const NOTICED_MS = 1_200;

const say = (/** @type {string} */ text) => process.stdout.write(`${text}\n`);

/**
 * @param {string} origin
 * @param {readonly string[]} paths
 * @param {number} connections
 * @returns {Promise<{ latencies: number[], perSecond: number }>} latencies in milliseconds
 */
async function send(origin, paths, connections) {
  /** @type {number[]} */
  const latencies = [];
  let at = 0;
  const worker = async () => {
    const connection = new HttpConnection(origin);
    try {
      for (let path = paths[at++]; path !== undefined; path = paths[at++]) {
        const started = performance.now();
        const answer = await connection.request({ method: 'GET', path });
        const took = performance.now() - started;
        expectJson(answer, `GET ${path}`);
        // What an earlier request of the same batch has left in memory is not to be measured.
        if (!/\r\nx-cache: *HIT/i.test(answer.head)) latencies.push(took);
      }
    } finally {
      connection.close();
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, worker));
  if (latencies.length < paths.length / 2) throw new Error(`most of ${paths.length} answers came from a cache`);
  const perSecond = (paths.length / (performance.now() - started)) * 1_000;
  return { latencies: latencies.sort((a, b) => a - b), perSecond };
}

/**
 * Pages one after another by cursor.
 * @param {string} origin
 * @param {string} first cursor
 */
async function walk(origin, first) {
  const connection = new HttpConnection(origin);
  const latencies = [];
  for (let cursor = first, page = 0; page < DEEP_PAGES; page += 1) {
    const path = `/api/products?sort=createdAt&perPage=${PER_PAGE}&cursor=${cursor}`;
    const started = performance.now();
    const answer = await connection.request({ method: 'GET', path });
    latencies.push(performance.now() - started);
    cursor = expectJson(answer, path).nextCursor;
  }
  connection.close();
  return latencies.sort((a, b) => a - b);
}

/**
 * @param {{ adminUrl: string, ownerUrl: string }} postgres
 * @param {number} size
 * @param {{ root: string, workDir: string, cleanup: import('./support/cleanup.mjs').Cleanup }} stage
 */
async function openCatalogue(postgres, size, { root, workDir, cleanup }) {
  const name = `tradepost_catalogue_${size}`;
  const databaseUrl = withDatabase(postgres.ownerUrl, name);
  const owner = decodeURIComponent(new URL(postgres.ownerUrl).username) || 'postgres';
  const isNew = await withClient(postgres.adminUrl, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${name} OWNER ${client.escapeIdentifier(owner)}`);
    return rowCount === 0;
  });
  if (!values.keep) {
    const drop = `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`;
    cleanup.defer(`drop ${name}`, () => withClient(postgres.adminUrl, (client) => client.query(drop)));
  }
  const env = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: join(workDir, name),
    LOG_LEVEL: 'warn',
    KEYS_DIR: join(root, 'keys'),
  };
  if (isNew) {
    await runToEnd({ args: ['dist/src/cli/migrate.js'], cwd: root, env, cleanup });
    let told = 0;
    await fillLargeCatalogue(databaseUrl, size, (text) => {
      if (performance.now() - told > 10_000) process.stderr.write(`${text}\n`);
      if (performance.now() - told > 10_000) told = performance.now();
    });
  }
  return { size, databaseUrl, env };
}

/**
 * @param {Awaited<ReturnType<typeof openCatalogue>>} catalogue
 * @param {{ root: string, cleanup: import('./support/cleanup.mjs').Cleanup }} stage
 */
async function startApplication({ env }, { root, cleanup }) {
  const port = await freePort();
  const settings = {
    ...env,
    HOST: '127.0.0.1',
    PORT: String(port),
    RATE_LIMIT_ENABLED: 'false',
    NODE_ENV: 'production',
  };
  return startServer({ args: SERVER, cwd: root, env: settings, port, readyPath: '/health/ready', cleanup });
}

/**
 * The job that counts words has its first run when the application starts.
 * @param {string} url
 */
async function wordsAreCounted(url) {
  await withClient(url, async (client) => {
    for (let tries = 0; tries < 120; tries += 1) {
      const { rows } = await client.query('SELECT max(products) AS most FROM catalogue_words');
      if (rows[0].most > 0) return;
      await new Promise((done) => setTimeout(done, 500));
    }
    throw new Error('words were not counted within a minute');
  });
}

/**
 * Has the application forget what it has read: a change of the categories spoils everything, and what is changed with SQL
 * is noticed within a second. Lists bring their products into memory, which in a small catalogue soon are all of them.
 * @param {string} url
 */
async function forget(url) {
  await withClient(url, (client) =>
    client.query(
      'UPDATE categories SET name = name, updated_at = now() WHERE id = (SELECT min(id::text)::uuid FROM categories)',
    ),
  );
  await new Promise((done) => setTimeout(done, NOTICED_MS));
}

/**
 * Sizes and rounds take turns, so that whatever else the machine does falls on all of them.
 * @param {readonly { size: number, databaseUrl: string, origin: string }[]} lanes
 */
async function measureGrowth(lanes) {
  const samples = new Map(
    lanes.map(({ size }) => [size, new Map(KINDS.map((kind) => [kind, /** @type {number[]} */ ([])]))]),
  );
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) {
      const requests = await catalogueRequests(lane.databaseUrl, Number(values.requests), 17 + round);
      for (const kind of KINDS) {
        await forget(lane.databaseUrl);
        const { latencies } = await send(lane.origin, requests[kind], 1);
        if (round > 0)
          samples
            .get(lane.size)
            ?.get(kind)
            ?.push(...latencies);
      }
    }
  }
  const [small, large] = lanes.map(({ size }) => samples.get(size));
  say('\nuncached reads, one after another (ms)      p50            p99    growth of p99');
  return KINDS.map((kind) => {
    const told = [small, large].map((lane) => {
      const sorted = (lane?.get(kind) ?? []).sort((a, b) => a - b);
      return { p50: percentile(sorted, 50), p99: percentile(sorted, 99) };
    });
    const growth = (told[1]?.p99 ?? 0) / (told[0]?.p99 ?? 1);
    for (const [index, { p50, p99 }] of told.entries()) {
      const size = String(lanes[index]?.size).padStart(9);
      const factor = index === 1 ? `×${growth.toFixed(2)}` : '';
      say(
        `  ${kind.padEnd(9)} of ${size} products ${p50.toFixed(2).padStart(12)} ${p99.toFixed(2).padStart(14)} ${factor.padStart(12)}`,
      );
    }
    return growth;
  });
}

/**
 * As many for each connection: a rate needs more of them than a percentile, and what answers them has to be compiled.
 * @param {string} url
 * @param {number} seed the first of as many as there are connections
 */
async function manyRequests(url, seed) {
  const seeds = Array.from({ length: RATE_CONNECTIONS }, (_, index) => seed + index);
  const each = await Promise.all(seeds.map((one) => catalogueRequests(url, Number(values.requests), one)));
  const ofKind = (/** @type {typeof COMPARED[number]} */ kind) => [...new Set(each.flatMap((some) => some[kind]))];
  return { list: ofKind('list'), detail: ofKind('detail'), search: ofKind('search') };
}

/**
 * @param {{ databaseUrl: string, origin: string }} large
 * @param {string} reference
 */
async function measureRatio(large, reference) {
  const rates = new Map(COMPARED.map((kind) => [kind, /** @type {number[]} */ ([])]));
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    const requests = await manyRequests(large.databaseUrl, 51 + round * RATE_CONNECTIONS);
    for (const kind of COMPARED) {
      const order = round % 2 === 0 ? [large.origin, reference] : [reference, large.origin];
      const measured = new Map();
      await forget(large.databaseUrl);
      for (const origin of order)
        measured.set(origin, (await send(origin, requests[kind], RATE_CONNECTIONS)).perSecond);
      if (round > 0) rates.get(kind)?.push(measured.get(large.origin) / measured.get(reference));
    }
  }
  say(`\nrate of the reference that is reached, ${RATE_CONNECTIONS} at a time`);
  return COMPARED.map((kind) => {
    const ratio = median(rates.get(kind) ?? []);
    say(`  ${kind.padEnd(9)} ${ratio.toFixed(2)}`);
    return ratio;
  });
}

/** @param {{ size: number, databaseUrl: string, origin: string }} large */
async function measureDepth({ size, databaseUrl, origin }) {
  const page = Math.min(DEEP_PAGE, Math.trunc(size / PER_PAGE) - DEEP_PAGES - 1);
  const deep = await cursorAfter(databaseUrl, page * PER_PAGE);
  const from = [await walk(origin, ''), await walk(origin, deep)];
  const [first, last] = from.map((latencies) => ({ p50: percentile(latencies, 50), p99: percentile(latencies, 99) }));
  say(
    `\n${DEEP_PAGES} pages by cursor (ms): from page 1 p50 ${first?.p50.toFixed(2)}, p99 ${first?.p99.toFixed(2)}; ` +
      `from page ${page} p50 ${last?.p50.toFixed(2)}, p99 ${last?.p99.toFixed(2)}`,
  );
}

await runProgram(async (cleanup) => {
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const growthLimit = numberOf('growth', values.growth, Number.POSITIVE_INFINITY);
  const ratioLimit = values.ratio === undefined ? 0 : numberOf('ratio', values.ratio, 0);
  const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
  const workDir = await mkdtemp(join(tmpdir(), 'tradepost-bench-'));
  cleanup.defer(`remove ${workDir}`, () => rm(workDir, { recursive: true, force: true }));
  const postgres = await openPostgres({ root, dataDir: join(workDir, 'postgres'), cleanup });
  const stage = { root, workDir, cleanup };
  const lanes = [];
  for (const size of values.sizes.split(',').map(Number)) {
    const catalogue = await openCatalogue(postgres, size, stage);
    const { origin } = await startApplication(catalogue, stage);
    await wordsAreCounted(catalogue.databaseUrl);
    lanes.push({ ...catalogue, origin });
  }
  const large = lanes.at(-1);
  if (large === undefined || lanes.length !== 2) throw new Error('--sizes needs two sizes');
  const port = await freePort();
  const args = ['bench/reference/catalogue-server.mjs', '--database', large.databaseUrl, '--port', String(port)];
  const reference = await startServer({
    args,
    cwd: root,
    env: { NODE_ENV: 'production' },
    port,
    readyPath: '/health',
    cleanup,
  });
  const growths = await measureGrowth(lanes);
  await measureDepth(large);
  const ratios = await measureRatio(large, reference.origin);
  return growths.every((growth) => growth <= growthLimit) && ratios.every((ratio) => ratio >= ratioLimit) ? 0 : 1;
});
