import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { childEnvironment, freePort, runToEnd, startServer } from './support/child-process.mjs';
import { runProgram, UsageError } from './support/cleanup.mjs';
import { openStage } from './support/stage.mjs';

const USAGE = `Imports a real year of sales, and asks for its sums again with many times the sales on the same days.

  node bench/analytics.mjs [--data FOLDER] [--times 12] [--runs 60] [--assert-rate 20000] [--assert-p95 100] [--assert-ratio 2]

  --data          folder of online-retail.csv.gz (or DATA=; default ../shared/data/online-retail)
  --times         how many times the sales there are in the end
  --assert-rate   exit 1 below so many imported rows a second
  --assert-p95    exit 1 where a question takes more milliseconds
  --assert-ratio  exit 1 where its median is so many times as long as before
`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    times: { type: 'string', default: '12' },
    runs: { type: 'string', default: '60' },
    'assert-rate': { type: 'string', default: '0' },
    'assert-p95': { type: 'string', default: 'Infinity' },
    'assert-ratio': { type: 'string', default: 'Infinity' },
    help: { type: 'boolean', default: false },
  },
});

const EMAIL = 'admin@bench.example';
const PASSWORD = 'Bench-Passw0rd!';
const MAP = {
  number: 'InvoiceNo',
  sku: 'StockCode',
  name: 'Description',
  quantity: 'Quantity',
  unitPrice: 'UnitPrice',
  placedAt: 'InvoiceDate',
  customer: 'CustomerID',
  country: 'Country',
};

const DAY_MS = 86_400_000;

/**
 * The year, told apart from others like it by days before it on which nothing was sold: no answer is in the cache, and
 * each is as much work as the next.
 * @param {number} n
 * @param {number} hour that days begin at, in UTC
 */
function year(n, hour = 0) {
  const from = new Date(Date.UTC(2010, 11, 1, hour) - n * DAY_MS);
  const to = new Date(Date.UTC(2011, 11, 1, hour));
  return `from=${from.toISOString()}&to=${to.toISOString()}`;
}

const QUESTIONS = Object.fromEntries([
  ...['day', 'month', 'country', 'product', 'category'].map((by) => [
    `by ${by}`,
    (/** @type {number} */ n) => `/api/admin/sales/analytics?${year(n)}&groupBy=${by}&limit=1000`,
  ]),
  [
    'by day in New York',
    (/** @type {number} */ n) => `/api/admin/sales/analytics?${year(n, 5)}&timeZone=America/New_York&limit=1000`,
  ],
  ['overview', (/** @type {number} */ n) => `/api/admin/overview?${year(n)}`],
]);

/**
 * Copies every imported sale, with numbers of its own, and has the copies summed up.
 * @param {string} url of a superuser: what the copies refer to is there, and need not be looked for
 * @param {number} from
 * @param {number} to
 */
async function multiply(url, from, to) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TEMP TABLE first_sales AS SELECT * FROM sales WHERE number !~ $$/$$');
  for (let copy = from; copy < to; copy += 1) {
    await client.query('BEGIN');
    await client.query(`CREATE TEMP TABLE copies ON COMMIT DROP AS
      SELECT id AS old, uuidv7(placed_at - clock_timestamp()) AS id, number FROM first_sales`);
    await client.query(
      `INSERT INTO sales (id, number, user_id, customer_id, email, status, payment_status, currency, subtotal, discount,
         shipping, tax, total, delivery_address, placed_at, updated_at, origin, import_id)
       SELECT c.id, s.number || '/' || $1, s.user_id, s.customer_id, s.email, s.status, s.payment_status, s.currency,
         s.subtotal, s.discount, s.shipping, s.tax, s.total, s.delivery_address, s.placed_at, s.updated_at, s.origin,
         s.import_id FROM first_sales s JOIN copies c ON c.old = s.id`,
      [copy],
    );
    await client.query(`INSERT INTO sale_items (sale_id, line_no, product_id, sku, name, unit_price, quantity, discount, tax,
        line_total)
      SELECT c.id, i.line_no, i.product_id, i.sku, i.name, i.unit_price, i.quantity, i.discount, i.tax, i.line_total
      FROM sale_items i JOIN copies c ON c.old = i.sale_id`);
    await client.query('INSERT INTO analytics_pending (sale_id) SELECT id FROM copies');
    await client.query('COMMIT');
  }
  for (;;) {
    const { rows } = await client.query('SELECT count(*)::int AS left FROM analytics_pending');
    if (rows[0].left === 0) break;
    await delay(1_000);
  }
  await client.query('VACUUM (ANALYZE)');
  // Else what was written is on its way to the disk while questions are timed.
  await client.query('CHECKPOINT');
  const { rows } = await client.query('SELECT count(*)::int AS lines FROM sale_items');
  await client.end();
  return /** @type {number} */ (rows[0].lines);
}

let asked = 0;

/** Rounds that are not counted: connections, plans and pages are warm behind them. */
const WARM_UP = 3;

/**
 * The smallest time that so great a share of all does not exceed.
 * @param {readonly number[]} sorted
 * @param {number} share
 */
const quantile = (sorted, share) => sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? NaN;

/**
 * Asks all questions in turn, round after round: what disturbs the machine for a while disturbs each of them alike.
 * @param {string} origin
 * @param {Record<string, string>} bearer
 * @param {number} runs
 */
async function measure(origin, bearer, runs) {
  /** @type {Record<string, number[]>} */
  const taken = Object.fromEntries(Object.keys(QUESTIONS).map((name) => [name, []]));
  for (let run = 0; run < runs + WARM_UP; run += 1) {
    asked += 1;
    for (const [name, path] of Object.entries(QUESTIONS)) {
      const begun = performance.now();
      const answer = await fetch(origin + path(asked), { headers: bearer });
      await answer.text();
      if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}`);
      if (answer.headers.get('x-cache') !== 'MISS') throw new Error(`${name} was answered out of the cache`);
      if (run >= WARM_UP) taken[name]?.push(performance.now() - begun);
    }
  }
  /** @type {Record<string, { p50: number, p95: number }>} */
  const times = {};
  for (const [name, all] of Object.entries(taken)) {
    all.sort((a, b) => a - b);
    times[name] = { p50: quantile(all, 0.5), p95: quantile(all, 0.95) };
  }
  return times;
}

await runProgram(async (cleanup) => {
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const stage = await openStage(cleanup);
  const data = resolve(values.data ?? (process.env.DATA || resolve(stage.root, '../shared/data/online-retail')));
  const file = join(data, 'online-retail.csv.gz');
  if (!existsSync(file)) throw new UsageError(`${file} is missing: name its folder with --data`);
  const port = await freePort();
  const env = {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: stage.workDir,
    DATABASE_URL: stage.databaseUrl,
    MIGRATE_ON_START: 'always',
    RATE_LIMIT_ENABLED: 'false',
    STORE_CURRENCY: 'GBP',
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
  };
  const admin = ['dist/src/cli/admin.js', `--email=${EMAIL}`, `--password=${PASSWORD}`];
  await runToEnd({ args: admin, cwd: stage.root, env, cleanup });
  const map = join(stage.workDir, 'map.json');
  await writeFile(map, JSON.stringify(MAP));
  const args = [
    '--max-old-space-size=200',
    '--max-semi-space-size=8',
    'dist/src/cli/import-sales.js',
    file,
    `--map=${map}`,
  ];
  const child = spawn(process.execPath, args, {
    cwd: stage.root,
    env: childEnvironment(env),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [said] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  process.stdout.write(said);
  const rate = Number(/(\d+) rows a second/.exec(said)?.[1] ?? 0);

  const server = await startServer({
    args: ['dist/src/main.js'],
    cwd: stage.root,
    env,
    port,
    readyPath: '/health/ready',
    cleanup,
  });
  const login = await fetch(`${server.origin}/api/users/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: EMAIL, password: PASSWORD }),
  });
  const { accessToken } = /** @type {{ accessToken: string }} */ (await login.json());
  const bearer = { authorization: `Bearer ${accessToken}` };
  const lines = await multiply(stage.databaseUrl, 0, 0);
  const few = await measure(server.origin, bearer, Number(values.runs));
  const more = await multiply(stage.databaseUrl, 1, Number(values.times));
  const many = await measure(server.origin, bearer, Number(values.runs));
  let well = rate >= Number(values['assert-rate']);
  process.stdout.write(`p50 and p95 in ms, with ${lines} lines and with ${more}\n`);
  for (const [name, before] of Object.entries(few)) {
    const after = many[name] ?? before;
    const ratio = after.p50 / before.p50;
    const shown = [before.p50, before.p95, after.p50, after.p95].map((ms) => ms.toFixed(1).padStart(7)).join(' ');
    process.stdout.write(`${name.padEnd(20)} ${shown}   ${ratio.toFixed(2)}×\n`);
    well &&= after.p95 <= Number(values['assert-p95']) && ratio <= Number(values['assert-ratio']);
  }
  return well ? 0 : 1;
});
