import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { environment, startApplication, startReplica } from './support/application.mjs';
import { benchCatalogue } from './support/catalogue.mjs';
import { runToEnd } from './support/child-process.mjs';
import { runProgram } from './support/cleanup.mjs';
import { Checker, mixedLoad, writePast } from './support/coherence.mjs';
import { expectJson, HttpConnection } from './support/http-connection.mjs';
import { createDatabase, openCounters, openPostgres, withDatabase } from './support/postgres.mjs';
import { startRedis } from './support/redis.mjs';
import { startTcpProxy } from './support/tcp-proxy.mjs';

const USAGE = `Reads and writes 2,000 products on two replicas, 95 to 5, and compares each answer with the last write
that had been acknowledged when its request was sent. Exit 1 when any was older.

  node bench/coherence.mjs [--requests 100000] [--without-redis] [--assert 0.9]

  --requests       in all; half of them while nothing is wrong, the rest while something is
  --without-redis  the replicas have PostgreSQL alone
  --assert         exit 1 when less of the statements that the reads would take is saved while nothing is wrong
`;

const PRODUCTS = 2_000;
const CUSTOMERS = 16;
const CONNECTIONS = 16;
const STOCK = 1_000_000;
/** Its few customers buy as much as they can, and pay nothing. */
const UNLIMITED = { MAX_OPEN_RESERVATIONS: '0' };
const MANAGER = { email: 'manager@bench.example', password: 'Bench-Passw0rd!' };

/** Statements that reads of the catalogue send; those of checkouts and of the check itself are others. */
const CATALOGUE = 'WITH page AS MATERIALIZED|AS total FROM products|category_name\\s+FROM products p LEFT JOIN';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    'without-redis': { type: 'boolean', default: false },
    assert: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});

/** @typedef {import('./support/redis.mjs').BenchRedis} BenchRedis */

/**
 * What goes wrong, and how it is put right.
 * @param {BenchRedis} redis
 * @param {Awaited<ReturnType<typeof startTcpProxy>>} proxy
 * @returns {{ name: string, breakIt: () => unknown, mendIt: () => unknown }[]}
 */
function faults(redis, proxy) {
  const nothing = () => undefined;
  return [
    { name: 'Redis stopped', breakIt: redis.freeze, mendIt: redis.thaw },
    { name: 'Redis killed, started empty', breakIt: redis.kill, mendIt: redis.start },
    { name: 'Redis flushed', breakIt: () => redis.run('FLUSHALL'), mendIt: nothing },
    { name: 'Redis cut off from one replica', breakIt: proxy.sever, mendIt: proxy.mend },
  ];
}

/** @param {import('./support/cleanup.mjs').Cleanup} cleanup */
async function setUp(cleanup) {
  const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
  const workDir = await mkdtemp(join(tmpdir(), 'tradepost-bench-'));
  cleanup.defer(`remove ${workDir}`, () => rm(workDir, { recursive: true, force: true }));
  const postgres = await openPostgres({ root, dataDir: join(workDir, 'postgres'), cleanup });
  const counters = await openCounters(postgres.adminUrl, cleanup);
  const database = `tradepost_bench_coherence_${process.pid}`;
  const owner = decodeURIComponent(new URL(postgres.ownerUrl).username) || 'postgres';
  await createDatabase({ adminUrl: postgres.adminUrl, name: database, owner, cleanup });
  const databaseUrl = withDatabase(postgres.ownerUrl, database);
  const redis = values['without-redis'] ? undefined : await startRedis(cleanup, workDir);
  const proxy = redis && (await startTcpProxy(redis.port, cleanup));
  const [first, second] = redis && proxy ? [redis.url, `redis://127.0.0.1:${proxy.port}`] : ['', ''];
  const shared = { root, databaseUrl, workDir, cleanup };
  const settings = { ...UNLIMITED, REDIS_URL: first };
  const products = benchCatalogue(PRODUCTS).map((product) => ({ ...product, stock: STOCK }));
  const { server, dialect } = await startApplication({ ...shared, settings, products, customers: CUSTOMERS });
  const other = await startReplica({ ...shared, settings: { ...UNLIMITED, REDIS_URL: second } });
  const args = ['dist/src/cli/admin.js', `--email=${MANAGER.email}`, `--password=${MANAGER.password}`];
  await runToEnd({ args, cwd: root, env: environment(workDir, databaseUrl), cleanup });
  const connection = new HttpConnection(server.origin);
  const login = { method: 'POST', path: '/api/users/login', json: MANAGER };
  const { accessToken } = expectJson(await connection.request(login), 'POST /api/users/login');
  connection.close();
  const manager = { authorization: `Bearer ${accessToken}` };
  return { counters, database, databaseUrl, redis, proxy, origins: [server.origin, other.origin], dialect, manager };
}

await runProgram(async (cleanup) => {
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const stage = await setUp(cleanup);
  const client = new pg.Client({ connectionString: stage.databaseUrl });
  await client.connect();
  cleanup.defer('close the connection', () => client.end());
  const { rows } = await client.query('SELECT id, version, stock FROM products ORDER BY id');
  const checker = new Checker(rows);
  const stopping = new AbortController();
  cleanup.defer('end the load', () => stopping.abort());
  const { origins, manager, redis, proxy } = stage;
  const ids = stage.dialect.productIds;
  const load = { origins, ids, customers: stage.dialect.customers, manager, checker, connections: CONNECTIONS };
  const run = (/** @type {number} */ requests) => mixedLoad({ ...load, requests, signal: stopping.signal });
  const catalogueStatements = () => stage.counters.matching(stage.database, CATALOGUE);
  const total = Number(values.requests);
  await run(Math.floor(total / 10));

  const before = { statements: await catalogueStatements(), lists: checker.lists, details: checker.details };
  const started = performance.now();
  await run(Math.floor((total * 4) / 10));
  const rate = (checker.requests - total / 10) / ((performance.now() - started) / 1_000);
  const taken = (await catalogueStatements()) - before.statements;
  // A detail takes one statement, a list two: its page and the number of all.
  const wouldTake = checker.details - before.details + 2 * (checker.lists - before.lists);
  const saved = 1 - taken / wouldTake;
  const report = (/** @type {string} */ name) =>
    process.stdout.write(`${name}: ${checker.requests} requests, ${checker.stale.length} stale\n`);
  report(`all well, ${rate.toFixed(0)} requests/s`);
  process.stdout.write(`statements of the catalogue saved: ${(saved * 100).toFixed(1)} % of ${wouldTake}\n`);

  const ending = new AbortController();
  const past = writePast(client, ids, checker, ending.signal);
  const wrong = redis && proxy ? faults(redis, proxy) : [];
  const share = Math.floor((total * 5) / 10 / (wrong.length * 2 + 1));
  for (const { name, breakIt, mendIt } of wrong) {
    const running = run(share);
    await delay(200);
    await breakIt();
    await running;
    report(name);
    const again = run(share);
    await mendIt();
    await again;
    report(`${name}, and put right`);
  }
  await run(share);
  ending.abort();
  report(`${await past} written past the replicas, ${checker.writes} through them, ${checker.refused} refused`);
  for (const line of checker.stale.slice(0, 10)) process.stderr.write(`${line}\n`);
  if (saved < Number(values.assert)) process.stderr.write(`${values.assert} of the statements were to be saved\n`);
  return checker.stale.length === 0 && saved >= Number(values.assert) ? 0 : 1;
});
