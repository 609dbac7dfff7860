import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDatabase, openPostgres, withClient, withDatabase } from './postgres.mjs';

/**
 * What a measurement of the application alone needs: a folder and an empty database of its own.
 * @param {import('./cleanup.mjs').Cleanup} cleanup
 * @returns {Promise<{ root: string, workDir: string, databaseUrl: string }>}
 */
export async function openStage(cleanup) {
  const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
  const workDir = await mkdtemp(join(tmpdir(), 'tradepost-bench-'));
  cleanup.defer(`remove ${workDir}`, () => rm(workDir, { recursive: true, force: true }));
  const postgres = await openPostgres({ root, dataDir: join(workDir, 'postgres'), cleanup });
  const name = `tradepost_bench_alone_${process.pid}`;
  const owner = decodeURIComponent(new URL(postgres.ownerUrl).username) || 'postgres';
  await createDatabase({ adminUrl: postgres.adminUrl, name, owner, cleanup });
  // So that what was written to fill it is not on its way to the disk while something is timed.
  await withClient(postgres.adminUrl, (client) =>
    client.query(`GRANT pg_checkpoint TO ${client.escapeIdentifier(owner)}`),
  );
  return { root, workDir, databaseUrl: withDatabase(postgres.ownerUrl, name) };
}
