import type pg from 'pg';

/** How many locks are waited for in a database; those of other tests, on the same server, are not among them. */
export async function waitedFor(db: Pick<pg.Pool, 'query'>, table?: string): Promise<number> {
  const { rows } = await db.query(
    `SELECT count(*)::int AS locks FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE NOT granted AND a.datname = current_database() AND ($1::text IS NULL OR l.relation = $1::regclass)`,
    [table ?? null],
  );
  return rows[0].locks;
}
