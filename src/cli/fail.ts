import { DomainError } from '../common/domain-error.js';
import { Shutdown } from '../shutdown.js';

/**
 * Runs the main function of a program. What it throws is told in a line, what it has set up is undone, and the exit
 * code is 1.
 */
export async function runMain(main: (shutdown: Shutdown) => Promise<void>): Promise<void> {
  const shutdown = new Shutdown();
  try {
    await main(shutdown);
  } catch (error) {
    // At a signal, whatever was being set up fails: who sent it knows.
    if (shutdown.begun) return;
    process.stderr.write(`tradepost: ${explain(error)}\n`);
    await shutdown.run().catch(() => undefined);
    process.exit(1);
  }
}

/** One line about an error that an operator can act on. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof DomainError) return error.message;
  // Node's connection errors gather one error an address, and have no message of their own.
  if (error instanceof AggregateError && error.errors.length > 0) return explain(error.errors[0]);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'EADDRINUSE' && 'port' in error) {
    return `Port ${String(error.port)} is already in use. Set PORT to another one, or stop the program that has it.`;
  }
  if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT'].includes(code)) {
    return `PostgreSQL cannot be reached (${error.message}). Check DATABASE_URL, or unset it to use the embedded one.`;
  }
  if (code === '28P01' || code === '3D000' || code === '28000') {
    return `PostgreSQL refused the connection (${error.message}). Check DATABASE_URL.`;
  }
  return error.message === '' ? error.name : error.message;
}
