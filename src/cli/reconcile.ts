import { readFile } from 'node:fs/promises';
import { loadConfig } from '../config/config.js';
import { parseRules, reconcile, type Verdict } from '../platform/database/reconciliation.js';
import { openForTool } from './context.js';
import { runMain } from './fail.js';

/** The rules that the tests hold every shop to; the build copies them. */
const RULES = new URL('../../test/faults/invariants.sql', import.meta.url);

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

function tell({ rule, count, examples }: Verdict): void {
  say(`${count === 0 ? 'ok  ' : 'FAIL'}  ${rule}${count === 0 ? '' : `: ${count} ${count === 1 ? 'row' : 'rows'}`}`);
  for (const example of examples) say(`      ${JSON.stringify(example)}`);
  if (count > examples.length) say(`      … and ${count - examples.length} more`);
}

/** SQLSTATEs of a table or a column that is not there. */
const MISSING: ReadonlySet<unknown> = new Set(['42P01', '42703']);

function explained(error: unknown): unknown {
  const missing = error instanceof Error && 'code' in error && MISSING.has(error.code);
  if (!missing) return error;
  return new Error(
    `The database is not that of this version (${error.message}); \`make migrate\` brings it up to date.`,
  );
}

await runMain(async (shutdown) => {
  const rules = parseRules(await readFile(RULES, 'utf8'));
  const database = await openForTool(loadConfig(), shutdown);
  let broken = 0;
  try {
    await reconcile(database.url, rules, (verdict) => {
      tell(verdict);
      if (verdict.count > 0) broken += 1;
    });
  } catch (error) {
    throw explained(error);
  }
  say(broken === 0 ? `All ${rules.length} rules hold.` : `${broken} of ${rules.length} rules are broken.`);
  await shutdown.run();
  if (broken > 0) process.exitCode = 1;
});
