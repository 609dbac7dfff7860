import pg from 'pg';
import { CONNECTION_TIMEOUT_MS } from './data-source.js';

/** Something that must be true of the data: a query for the rows that break it. */
export interface Rule {
  readonly name: string;
  readonly sql: string;
}

/** The rows that break a rule: how many, and the first of them. */
export interface Verdict {
  readonly rule: string;
  readonly count: number;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

/** What is enough of a connection to look at a rule. */
export interface Reader {
  query(text: string): Promise<{ readonly rows: Record<string, unknown>[] }>;
}

const EXAMPLES = 5;
/** Whole tables are read: longer than a request may take. */
const TIMEOUT_MS = 30 * 60_000;

/**
 * Reads rules from a file of SQL: a line `-- name: …` before each query.
 * @throws {Error} where there is none, or two have one name
 */
export function parseRules(text: string): Rule[] {
  const rules = text
    .split(/^-- name: /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { name: part.slice(0, end).trim(), sql: part.slice(end).trim().replace(/;$/, '') };
    });
  if (rules.length === 0) throw new Error('There is no rule in the file.');
  if (new Set(rules.map(({ name }) => name)).size < rules.length) throw new Error('Two rules have one name.');
  return rules;
}

/** Looks at one rule. */
export async function judge(reader: Reader, { name, sql }: Rule): Promise<Verdict> {
  const text = `SELECT b.*, count(*) OVER () AS rows_in_all FROM (\n${sql}\n) b LIMIT ${EXAMPLES}`;
  const { rows } = await reader.query(text);
  const examples = rows.map(({ rows_in_all: _, ...row }) => row);
  return { rule: name, count: Number(rows[0]?.rows_in_all ?? 0), examples };
}

/**
 * Looks at every rule in one snapshot of a database, beside whatever else works on it. Nothing is written.
 * @param tell hears of each rule once it is judged
 * @throws {Error} where the database cannot be reached, or has not the tables of this version
 */
export async function reconcile(url: string, rules: readonly Rule[], tell: (verdict: Verdict) => void): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'tradepost reconcile',
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    statement_timeout: TIMEOUT_MS,
    options: '-c jit=off',
  });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for (const rule of rules) tell(await judge(client, rule));
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
