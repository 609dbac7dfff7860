import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type pg from 'pg';

/** The rules of `test/faults/invariants.sql` that a database breaks, with the rows that do; empty where all hold. */
export async function brokenInvariants(db: pg.Pool): Promise<Record<string, unknown[]>> {
  const rules = readFileSync(resolve('test/faults/invariants.sql'), 'utf8')
    .split(/^-- name: /m)
    .slice(1);
  const broken: Record<string, unknown[]> = {};
  for (const rule of rules) {
    const end = rule.indexOf('\n');
    const { rows } = await db.query(rule.slice(end));
    if (rows.length > 0) broken[rule.slice(0, end)] = rows;
  }
  return broken;
}
