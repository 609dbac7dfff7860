import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type pg from 'pg';
import { judge, parseRules } from '../../src/platform/database/reconciliation.js';

export const INVARIANTS = parseRules(readFileSync(resolve('test/faults/invariants.sql'), 'utf8'));

/** The rules of `test/faults/invariants.sql` that a database breaks, with rows that do; empty where all hold. */
export async function brokenInvariants(db: pg.Pool | pg.ClientBase): Promise<Record<string, unknown[]>> {
  const broken: Record<string, unknown[]> = {};
  for (const rule of INVARIANTS) {
    const { examples } = await judge(db, rule);
    if (examples.length > 0) broken[rule.name] = [...examples];
  }
  return broken;
}
