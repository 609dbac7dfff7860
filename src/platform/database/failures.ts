import pg from 'pg';
import { DomainError } from '../../common/domain-error.js';

interface DriverFailure {
  readonly code?: string;
  readonly constraint?: string;
  readonly message: string;
}

/** The driver's own error inside whatever TypeORM wrapped around it. */
function driverFailure(error: unknown): DriverFailure | undefined {
  if (!isFailure(error)) return undefined;
  return 'driverError' in error && isFailure(error.driverError) ? error.driverError : error;
}

function isFailure(error: unknown): error is DriverFailure {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}

/** Serialization failure and deadlock. */
const TRANSIENT = new Set(['40001', '40P01']);

/** Whether a transaction that failed so may be run again from its start. */
export function isTransient(error: unknown): boolean {
  const failure = driverFailure(error);
  return failure?.code !== undefined && TRANSIENT.has(failure.code);
}

/** Whether a statement failed with this SQLSTATE. */
export function failedWith(error: unknown, sqlState: string): boolean {
  return driverFailure(error)?.code === sqlState;
}

/** lock_timeout and statement_timeout. */
const TIME_LIMITS = ['55P03', '57014'];

/** Whether a statement was cancelled because it waited for a lock or ran for too long. */
export function isTimeLimit(error: unknown): boolean {
  return TIME_LIMITS.some((state) => failedWith(error, state));
}

/** The connection or the server has gone, perhaps after a commit. */
const MAY_HAVE_COMMITTED = /^(08|57P|58|XX)/;

/** Whether PostgreSQL itself has refused a statement, so that nothing of its transaction stands. */
export function wasRolledBack(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code !== undefined && !MAY_HAVE_COMMITTED.test(error.code);
}

/** Name of the unique, foreign key or check constraint that a statement ran into, if it did. */
export function violatedConstraint(error: unknown): string | undefined {
  const failure = driverFailure(error);
  return failure?.code?.startsWith('23') ? failure.constraint : undefined;
}

const UNAVAILABLE_STATES = [
  /^08/, // connection exception
  /^53/, // insufficient resources: disk full, out of memory, too many connections
  /^57P0[1-5]/, // shutdown, crash recovery, cannot connect now, idle session timeout
  /^57014$/, // query canceled: statement_timeout
  /^55P03$/, // lock not available: lock_timeout
  /^25P0[234]$/, // idle or long transaction ended by the server, or aborted after that
  /^25006$/, // read-only transaction: connected to a standby
  /^58/, // system error, such as an I/O error
  /^40001$|^40P01$/, // still colliding after every retry
  /^42P01$|^42703$/, // no such table or column: migrations are pending, since the names in our statements are fixed
];
const UNAVAILABLE_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
const UNAVAILABLE_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Cannot use a pool after calling end|Driver not Connected/i;

/** Whether an error means that PostgreSQL is away or too busy, so that the same request may succeed later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const failure = driverFailure(error);
  if (failure === undefined) return false;
  const { code } = failure;
  if (code !== undefined && (UNAVAILABLE_CODES.has(code) || UNAVAILABLE_STATES.some((state) => state.test(code)))) {
    return true;
  }
  return UNAVAILABLE_MESSAGES.test(failure.message);
}

/** The answer to a request that met a database that is away. */
export class DatabaseUnavailable extends DomainError {
  constructor() {
    super('unavailable', 'database_unavailable', 'The database does not answer at the moment; try again shortly.');
  }
}
