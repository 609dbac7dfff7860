import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { salesKept, startApplication, startReplica } from './support/application.mjs';
import { benchCases, customersFor, SHOPPERS } from './support/cases.mjs';
import { benchCatalogue } from './support/catalogue.mjs';
import { runProgram, UsageError } from './support/cleanup.mjs';
import { measure } from './support/measure.mjs';
import { analyze, createDatabase, openCounters, openPostgres, withClient, withDatabase } from './support/postgres.mjs';
import { startRedis } from './support/redis.mjs';
import { sampleAnswers, startReference } from './support/reference.mjs';
import { failedAssertions, parseAssertions, renderTable, summarise } from './support/report.mjs';

const USAGE = `Measures the application against a bare Fastify + pg server on the same PostgreSQL, turn by turn.

  node bench/run.mjs [--quick] [--only CASE,…] [--assert CASE[:SERVER]=RATIO,…] [--out FILE] [--reference-only]

  --quick           a smoke run of half a minute
  --only            of list, list-first, detail, detail-hot, cart, checkout,
                    checkout-hot
  --assert          exit 1 when the application reaches less of the other server's rate; SERVER is reference or bytes
  --out             write the figures as JSON
  --reference-only  measure the reference alone; the application need not be built
  --reference-batches  the reference settles payments that wait at the same time together
  --defaults        the application with its rate limits, though of a million, and its request log, which it is
                    otherwise measured without
  --redis           the application with a Redis of its own
  --replicas N      N - 1 more replicas stand beside the application, so that it may not trust its memory unasked
  --shoppers N      how many buy at the same time, ${SHOPPERS} without it
  --statements N    also print the N statements of each server that took most of PostgreSQL's time
  BENCH_DATABASE_URL   a superuser's URL; without it an embedded PostgreSQL is started
`;

const CASE_NAMES = ['list', 'list-first', 'detail', 'detail-hot', 'cart', 'checkout', 'checkout-hot'];
const root = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** The limits of one address, which all of the load comes from, must not be what is measured. */
const DEFAULTS = {
  RATE_LIMIT_ENABLED: 'true',
  LOG_LEVEL: 'info',
  RATE_LIMIT_READ: '1000000',
  RATE_LIMIT_WRITE: '1000000',
  RATE_LIMIT_ADDRESS: '1000000',
  RATE_LIMIT_REGISTER: '1000000',
};

/**
 * Much of what a server runs is compiled in its first half minute of work, and there is more of the application than of a
 * yardstick. Turns are short: what else a machine does changes by the minute.
 */
const PACES = {
  full: { products: 10_000, rounds: 6, milliseconds: 2_000, warmUpMilliseconds: 16_000 },
  quick: { products: 2_000, rounds: 1, milliseconds: 1_000, warmUpMilliseconds: 300 },
};

function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      assert: { type: 'string' },
      out: { type: 'string' },
      statements: { type: 'string', default: '0' },
      'reference-only': { type: 'boolean', default: false },
      'reference-batches': { type: 'boolean', default: false },
      defaults: { type: 'boolean', default: false },
      redis: { type: 'boolean', default: false },
      replicas: { type: 'string', default: '1' },
      shoppers: { type: 'string', default: String(SHOPPERS) },
      help: { type: 'boolean', default: false },
    },
  });
  const only = values.only?.split(',') ?? CASE_NAMES;
  const unknown = only.find((name) => !CASE_NAMES.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`--only: there is no case "${unknown}"; there are ${CASE_NAMES.join(', ')}`);
  return {
    help: values.help,
    only,
    out: values.out,
    statements: Number(values.statements),
    referenceOnly: values['reference-only'],
    batches: values['reference-batches'],
    settings: values.defaults ? DEFAULTS : {},
    redis: values.redis,
    replicas: Number(values.replicas),
    shoppers: Number(values.shoppers),
    assertions: values.assert === undefined ? [] : parseAssertions(values.assert, only),
    pace: values.quick ? PACES.quick : PACES.full,
  };
}

/** @param {string} text */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

/**
 * Starts everything that is measured.
 * @param {ReturnType<typeof readOptions>} options
 * @param {import('./support/cleanup.mjs').Cleanup} cleanup
 */
async function setUp({ pace, referenceOnly, batches, settings, redis, replicas, shoppers }, cleanup) {
  const workDir = await mkdtemp(join(tmpdir(), 'tradepost-bench-'));
  cleanup.defer(`remove ${workDir}`, () => rm(workDir, { recursive: true, force: true }));
  progress('starting PostgreSQL');
  const postgres = await openPostgres({ root, dataDir: join(workDir, 'postgres'), cleanup });
  const counters = await openCounters(postgres.adminUrl, cleanup);
  const products = benchCatalogue(pace.products);
  const makeDatabase = async (/** @type {string} */ side) => {
    const name = `tradepost_bench_${side}_${process.pid}`;
    const owner = decodeURIComponent(new URL(postgres.ownerUrl).username) || 'postgres';
    await createDatabase({ adminUrl: postgres.adminUrl, name, owner, cleanup });
    return { database: name, databaseUrl: withDatabase(postgres.ownerUrl, name) };
  };
  const shared = { root, workDir, products, customers: customersFor(shoppers), cleanup };
  /** @type {import('./support/cases.mjs').Target[]} */
  const targets = [];
  let samples;
  if (!referenceOnly) {
    progress('filling the application');
    const { database, databaseUrl } = await makeDatabase('application');
    const url = redis ? (await startRedis(cleanup, workDir))?.url : '';
    if (url === undefined) throw new UsageError('--redis: there is no redis-server on the PATH');
    const served = { ...shared, databaseUrl, settings: { ...settings, REDIS_URL: url } };
    const application = await startApplication(served);
    for (let more = 1; more < replicas; more++) await startReplica(served);
    await analyze(withDatabase(postgres.adminUrl, database));
    samples = await sampleAnswers(application.server.origin, application.dialect);
    targets.push({ lane: 'application', database, ...application });
  }
  progress('filling the reference');
  const { database, databaseUrl } = await makeDatabase('reference');
  targets.push({
    lane: 'reference',
    database,
    ...(await startReference({ ...shared, databaseUrl, samples, batches })),
  });
  return { counters, targets, referenceUrl: databaseUrl };
}

/**
 * A rate of sales that were not kept would be worth nothing.
 * @param {readonly import('./support/cases.mjs').Target[]} targets
 * @param {string} referenceUrl
 * @param {ReadonlyMap<string, number>} units
 */
async function checkSales(targets, referenceUrl, units) {
  for (const { lane, server, dialect } of targets) {
    const done = (units.get(`checkout/${lane}`) ?? 0) + (units.get(`checkout-hot/${lane}`) ?? 0);
    const kept =
      lane === 'application'
        ? await salesKept(server.origin, dialect)
        : await withClient(referenceUrl, async (client) => {
            const { rows } = await client.query('SELECT count(*)::integer AS sales, max(number) AS last FROM invoice');
            return done > 0 && rows[0].last !== rows[0].sales ? Number.NaN : rows[0].sales;
          });
    if (kept !== done) throw new Error(`${lane} acknowledged ${done} purchases and has kept ${kept}`);
  }
}

await runProgram(async (cleanup) => {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const stopping = new AbortController();
  const { counters, targets, referenceUrl } = await setUp(options, cleanup);
  cleanup.defer('end the load', () => stopping.abort(new Error('stopped')));
  const cases = benchCases(targets, options.shoppers).filter(({ name }) => options.only.includes(name));
  const { samples, units } = await measure({ cases, counters, ...options.pace, signal: stopping.signal, progress });
  progress('');
  await checkSales(targets, referenceUrl, units);
  const reports = summarise(cases, samples);
  process.stdout.write(`${renderTable(reports)}\n`);
  for (const { lane, database } of options.statements > 0 ? targets : []) {
    process.stdout.write(`\n${lane}: ms, calls, ms a call, of which planning\n`);
    for (const { ms, calls, mean, planning, statement } of await counters.costliest(database, options.statements)) {
      const figures = `${String(ms).padStart(7)} ${String(calls).padStart(7)} ${mean.toFixed(3)} ${planning.toFixed(3)}`;
      process.stdout.write(`${figures}  ${statement}\n`);
    }
  }
  if (options.out !== undefined) {
    await mkdir(dirname(resolve(options.out)), { recursive: true });
    const figures = { measuredAt: new Date().toISOString(), node: process.version, pace: options.pace, cases: reports };
    await writeFile(options.out, `${JSON.stringify(figures, null, 2)}\n`);
  }
  const failures = failedAssertions(reports, options.assertions);
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  return failures.length === 0 ? 0 : 1;
});
