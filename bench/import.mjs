import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { freePort, runToEnd, SERVER, startServer } from './support/child-process.mjs';
import { runProgram } from './support/cleanup.mjs';
import { postgresPid } from './support/postgres.mjs';
import { openStage } from './support/stage.mjs';
import { processCpuMs, processTreeCpuMs } from './support/usage.mjs';

const USAGE = `Imports a catalogue over HTTP into an empty shop, exports it, and imports it again.

  node bench/import.mjs [--rows 1000000] [--assert-rate 10000] [--assert-rss 300]

  --assert-rate  exit 1 below so many rows a second of the first import
  --assert-rss   exit 1 where the server has taken more MB of memory
`;

const EMAIL = 'admin@bench.example';
const PASSWORD = 'Bench-Passw0rd!';
const POLL_MS = 250;

/** @typedef {{ id: string, status: string, created: number, unchanged: number, failure: object | null }} ImportState */

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    'assert-rate': { type: 'string', default: '0' },
    'assert-rss': { type: 'string', default: 'Infinity' },
    help: { type: 'boolean', default: false },
  },
});

/** @param {number} rows */
function* catalogue(rows) {
  let text = 'sku,name,price,stock,description,category,attributes,images\n';
  for (let i = 1; i <= rows; i += 1) {
    const price = `${(i % 900) + 1}.${String(i % 100).padStart(2, '0')}`;
    const made = `"A thing of use, the ${i}th of its kind, well made and of good stuff"`;
    const attributes = `"{""colour"":""blue"",""size"":""${i % 9}""}"`;
    text += `SKU-${i},Product number ${i} of the catalogue,${price},${i % 50},${made},Shelf ${i % 200},${attributes},/images/${i}.webp\n`;
    if (text.length > 262_144) {
      yield Buffer.from(text);
      text = '';
    }
  }
  yield Buffer.from(text);
}

/**
 * The most memory that a process has had, in MB.
 * @param {number} pid
 */
function peakRss(pid) {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? Number.NaN) / 1_024;
}

/**
 * @param {import('./support/child-process.mjs').Server} server
 * @param {Record<string, string>} bearer
 * @param {ReadableStream | Buffer} body
 */
async function importFile(server, bearer, body) {
  const sent = performance.now();
  const answer = await fetch(`${server.origin}/api/products/import`, {
    method: 'POST',
    headers: { ...bearer, 'content-type': 'text/csv' },
    body,
    duplex: 'half',
  });
  const job = /** @type {ImportState} */ (await answer.json());
  if (answer.status !== 202) throw new Error(`the import answered ${answer.status}: ${JSON.stringify(job)}`);
  const received = performance.now();
  for (;;) {
    const shown = await fetch(`${server.origin}/api/imports/${job.id}`, { headers: bearer });
    const state = /** @type {ImportState} */ (await shown.json());
    if (state.status === 'failed') throw new Error(`the import failed: ${JSON.stringify(state.failure)}`);
    const upload = (received - sent) / 1_000;
    if (state.status === 'completed') return { state, upload, seconds: (performance.now() - received) / 1_000 };
    await delay(POLL_MS);
  }
}

/**
 * @param {string} what
 * @param {number} rows
 * @param {number} seconds
 * @param {{ server: number, database: number }} cpu milliseconds
 */
function tell(what, rows, seconds, cpu) {
  const each = (/** @type {number} */ ms) => `${((ms * 1_000) / rows).toFixed(0)} µs`;
  const rate = `${Math.round(rows / seconds)} rows/s`;
  process.stdout.write(`${what}: ${rate}; CPU a row: server ${each(cpu.server)}, database ${each(cpu.database)}\n`);
}

await runProgram(async (cleanup) => {
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const rows = Number(values.rows);
  const stage = await openStage(cleanup);
  const port = await freePort();
  const env = {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: stage.workDir,
    DATABASE_URL: stage.databaseUrl,
    MIGRATE_ON_START: 'always',
    RATE_LIMIT_ENABLED: 'false',
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
  };
  const server = await startServer({ args: SERVER, cwd: stage.root, env, port, readyPath: '/health/ready', cleanup });
  const admin = ['dist/src/cli/admin.js', `--email=${EMAIL}`, `--password=${PASSWORD}`];
  await runToEnd({ args: admin, cwd: stage.root, env, cleanup });
  const login = await fetch(`${server.origin}/api/users/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: EMAIL, password: PASSWORD }),
  });
  const { accessToken } = /** @type {{ accessToken: string }} */ (await login.json());
  const bearer = { authorization: `Bearer ${accessToken}` };
  const databasePid = await postgresPid(stage.databaseUrl);
  const now = () => ({
    server: processCpuMs(server.pid) ?? Number.NaN,
    database: databasePid === undefined ? Number.NaN : (processTreeCpuMs(databasePid) ?? Number.NaN),
  });
  const since = (/** @type {ReturnType<typeof now>} */ before) => {
    const { server: ours, database } = now();
    return { server: ours - before.server, database: database - before.database };
  };

  let before = now();
  const body = /** @type {ReadableStream} */ (Readable.toWeb(Readable.from(catalogue(rows))));
  const first = await importFile(server, bearer, body);
  tell(`import of ${rows} new products, uploaded in ${first.upload.toFixed(1)} s`, rows, first.seconds, since(before));
  if (first.state.created !== rows) throw new Error(`${first.state.created} products were made of ${rows} rows`);

  before = now();
  const started = performance.now();
  const answer = await fetch(`${server.origin}/api/products/export`, {
    headers: { ...bearer, 'accept-encoding': 'gzip' },
  });
  /** @type {Buffer[]} */
  const parts = [];
  for await (const part of answer.body ?? []) parts.push(Buffer.from(part));
  tell('export', rows, (performance.now() - started) / 1_000, since(before));

  before = now();
  // As large as this, a file is taken only if it is packed.
  const again = await importFile(server, bearer, gzipSync(Buffer.concat(parts), { level: 1 }));
  tell('import of the export, which changes nothing', rows, again.seconds, since(before));
  if (again.state.unchanged !== rows) throw new Error(`${again.state.unchanged} of ${rows} rows were unchanged`);

  const peak = peakRss(server.pid);
  const rate = rows / first.seconds;
  process.stdout.write(`most memory of the server: ${peak.toFixed(0)} MB\n`);
  return rate >= Number(values['assert-rate']) && peak <= Number(values['assert-rss']) ? 0 : 1;
});
