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

/** A connection that was not made, in the words of Node; the driver's own timeout has no code. */
const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH']);

/** Role, password, database, too many connections, starting up: SQLSTATEs of a connection that PostgreSQL turns away. */
const REFUSED = new Set(['28P01', '28000', '3D000', '53300', '57P03']);

/** One line about an error that an operator can act on. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof DomainError) return error.message;
  // Node's connection errors gather one error an address, and have no message of their own.
  if (error instanceof AggregateError && error.errors.length > 0) return explain(error.errors[0]);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (UNREACHABLE.has(code) || /^(timeout e|Connection terminated)/.test(error.message)) {
    return `PostgreSQL cannot be reached (${error.message}). Check DATABASE_URL, or unset it to use the embedded one.`;
  }
  if (REFUSED.has(code)) {
    return `PostgreSQL refused the connection (${error.message}). Check DATABASE_URL.`;
  }
  return error.message === '' ? error.name : error.message;
}

/** One line about an address that cannot be listened on. */
export function explainListening(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'EADDRINUSE') {
    return `Port ${port} is already in use. Set PORT to another one, or stop the program that has it.`;
  }
  if (code === 'EACCES') return `Port ${port} needs rights that this user does not have. Set PORT to one above 1023.`;
  return `Port ${port} of "${host}" cannot be listened on (${code}). Set HOST to an address of this machine.`;
}
