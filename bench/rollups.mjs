import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startApplication } from './support/application.mjs';
import { benchCases, customersFor } from './support/cases.mjs';
import { benchCatalogue } from './support/catalogue.mjs';
import { runProgram } from './support/cleanup.mjs';
import { measure } from './support/measure.mjs';
import { analyze, createDatabase, openCounters, openPostgres, withClient, withDatabase } from './support/postgres.mjs';
import { renderTable, summarise } from './support/report.mjs';

const USAGE = `Purchases with the sums of analytics kept, and without: what keeping them costs.

  node bench/rollups.mjs [--rounds 16] [--assert 0.95]

  --assert  exit 1 where purchases with them reach less of the rate without
`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '16' },
    assert: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
/** A round is longer than the pause between two roll-ups: each round that has them pays for one. */
const PACE = { milliseconds: 5_500, warmUpMilliseconds: 8_000 };

/** Sales that nobody is told of are in no sum: the job finds nothing to do. */
const DISCARD = [
  'CREATE FUNCTION discard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
  'CREATE TRIGGER discard BEFORE INSERT ON analytics_pending FOR EACH ROW EXECUTE FUNCTION discard()',
];

await runProgram(async (cleanup) => {
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const workDir = await mkdtemp(join(tmpdir(), 'tradepost-bench-'));
  cleanup.defer(`remove ${workDir}`, () => rm(workDir, { recursive: true, force: true }));
  const postgres = await openPostgres({ root, dataDir: join(workDir, 'postgres'), cleanup });
  const counters = await openCounters(postgres.adminUrl, cleanup);
  const owner = decodeURIComponent(new URL(postgres.ownerUrl).username) || 'postgres';
  /** @param {string} lane */
  const start = async (lane) => {
    const database = `tradepost_bench_${lane}_${process.pid}`;
    await createDatabase({ adminUrl: postgres.adminUrl, name: database, owner, cleanup });
    const databaseUrl = withDatabase(postgres.ownerUrl, database);
    const shared = {
      root,
      workDir: await mkdtemp(join(workDir, lane)),
      databaseUrl,
      customers: customersFor(),
      cleanup,
    };
    return { lane, database, ...(await startApplication({ ...shared, products: benchCatalogue(5_000) })) };
  };
  const kept = await start('application');
  const without = await start('without');
  await withClient(withDatabase(postgres.adminUrl, without.database), async (client) => {
    for (const sql of DISCARD) await client.query(sql);
  });
  for (const { database } of [kept, without]) await analyze(withDatabase(postgres.adminUrl, database));
  const stopping = new AbortController();
  cleanup.defer('end the load', () => stopping.abort(new Error('stopped')));
  const cases = benchCases([kept, without]).filter(({ name }) => name === 'checkout');
  const rounds = Number(values.rounds);
  const { samples } = await measure({ cases, counters, rounds, ...PACE, signal: stopping.signal, progress: () => {} });
  const reports = summarise(cases, samples);
  process.stdout.write(`${renderTable(reports)}\n`);
  const ratio = reports[0]?.lanes.find(({ lane }) => lane === 'without')?.ratio ?? 0;
  return ratio >= Number(values.assert) ? 0 : 1;
});
