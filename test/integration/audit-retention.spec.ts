import pg from 'pg';
import { newId } from '../../src/common/ids.js';
import { JobRegistry } from '../../src/platform/jobs/job-registry.js';
import { startApp, type TestApp } from '../support/app.js';

const DAY_MS = 86_400_000;

describe('the retention of the audit log', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp({ WORKER: 'false', AUDIT_RETENTION_DAYS: '100' });
  });
  afterAll(() => shop.close());

  /** An entry of so many days ago, with all that lies beside it. */
  async function entryOf(days: number): Promise<string> {
    const [id, person] = [newId(), newId()];
    await shop.db.query(
      `INSERT INTO audit_log (id, at, actor, actor_id, action, subject_type, subject_id)
       VALUES ($1, $2, 'user', $3, 'user.profile_changed', 'user', $3)`,
      [id, new Date(Date.now() - days * DAY_MS), person],
    );
    await shop.db.query(`INSERT INTO audit_addresses (entry_id, person_id, address) VALUES ($1, $2, '::1')`, [
      id,
      person,
    ]);
    await shop.db.query(`INSERT INTO audit_details (entry_id, person_id, after) VALUES ($1, $2, '{}')`, [id, person]);
    return id;
  }
  const left = async (ids: readonly string[]): Promise<string[]> =>
    (await shop.db.query('SELECT id FROM audit_log WHERE id = ANY ($1) ORDER BY at', [ids])).rows.map(({ id }) => id);
  const run = async (app: TestApp = shop): Promise<void> => {
    const jobs = app.app.get(JobRegistry, { strict: false }).all();
    await jobs.find(({ name }) => name === 'audit.retention')?.run(new AbortController().signal);
  };
  const asApplication = async (sql: string, values: unknown[] = []) => {
    const client = new pg.Client({ connectionString: shop.database.url });
    await client.connect();
    try {
      return await client.query(sql, values);
    } finally {
      await client.end();
    }
  };

  it('removes what is older than the setting, with what is personal about it, and says so', async () => {
    const [old, young] = [await entryOf(101), await entryOf(99)];
    await run();
    expect(await left([old, young])).toEqual([young]);
    for (const table of ['audit_addresses', 'audit_details']) {
      const { rows } = await shop.db.query(`SELECT entry_id FROM ${table} WHERE entry_id = ANY ($1)`, [[old, young]]);
      expect(rows).toEqual([{ entry_id: young }]);
    }
    const { rows } = await shop.db.query(`SELECT actor, after FROM audit_log WHERE action = 'audit.entries_removed'`);
    expect(rows).toEqual([{ actor: 'system', after: { removed: 1, before: expect.any(String) } }]);
    await run();
    const again = await shop.db.query(`SELECT FROM audit_log WHERE action = 'audit.entries_removed'`);
    expect(again.rowCount).toBe(1);
  });

  it('removes none that is younger than thirty days, whatever the clock of the application says', async () => {
    const [old, young] = [await entryOf(31), await entryOf(29)];
    const later = await startApp({ WORKER: 'false', AUDIT_RETENTION_DAYS: '30' }, shop);
    try {
      shop.clock.advance(365 * DAY_MS);
      await run(later);
    } finally {
      shop.clock.advance(-365 * DAY_MS);
      await later.close();
    }
    expect(await left([old, young])).toEqual([young]);
  });

  it('is the one way in which the application can remove an entry', async () => {
    const [old, young] = [await entryOf(200), await entryOf(1)];
    for (const id of [old, young]) {
      const removal = asApplication('DELETE FROM audit_log WHERE id = $1', [id]);
      await expect(removal).rejects.toMatchObject({ code: '42501' });
    }
    const asked = await asApplication(`SELECT remove_audit_entries('infinity', 1000) AS removed`);
    expect(asked.rows[0].removed).toBeGreaterThan(0);
    expect(await left([old, young])).toEqual([young]);
  });

  it('does not let even the owner of the schema change an entry, or remove a young one', async () => {
    const [old, young] = [await entryOf(200), await entryOf(1)];
    for (const id of [old, young]) {
      const change = shop.db.query(`UPDATE audit_log SET action = 'x' WHERE id = $1`, [id]);
      await expect(change).rejects.toMatchObject({ code: '23001' });
    }
    await shop.db.query('DELETE FROM audit_addresses WHERE entry_id = $1', [young]);
    await shop.db.query('DELETE FROM audit_details WHERE entry_id = $1', [young]);
    const removal = shop.db.query('DELETE FROM audit_log WHERE id = $1', [young]);
    await expect(removal).rejects.toMatchObject({ code: '23001' });
  });

  it('is not for anybody else in the database to ask for', async () => {
    const { rows } = await shop.db.query(
      `SELECT has_function_privilege('public', oid, 'EXECUTE') AS everybody, prosecdef, proconfig
       FROM pg_proc WHERE proname = 'remove_audit_entries'`,
    );
    const proconfig = ['search_path=pg_catalog, public, pg_temp'];
    expect(rows).toEqual([{ everybody: false, prosecdef: true, proconfig }]);
  });
});
