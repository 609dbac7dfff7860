import type pg from 'pg';

const DEADLOCK = '40P01';

/** Empties tables, and all that refer to them, beside an application whose jobs may hold locks on them. */
export async function emptyTables(db: pg.Pool, ...tables: readonly string[]): Promise<void> {
  for (;;) {
    try {
      await db.query(`TRUNCATE ${tables.join(', ')} CASCADE`);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === DEADLOCK)) throw error;
    }
  }
}
