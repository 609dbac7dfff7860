/** A failure of the embedded PostgreSQL that the operator can act on: the message says what happened and what to do. */
export class EmbeddedClusterError extends Error {
  override readonly name = 'EmbeddedClusterError';
}

/** What to do instead, appended where this machine cannot run the embedded server at all. */
export const USE_DATABASE_URL = 'Set DATABASE_URL to use a PostgreSQL server of your own.';

/** The code of a system or PostgreSQL error (`ENOENT`, `57P03`), or undefined. */
export function errorCode(error: unknown): string | undefined {
  return textProperty(error, 'code');
}

export function errorMessage(error: unknown): string {
  return textProperty(error, 'message') ?? String(error);
}

/** Not by `instanceof Error`: the errors of Node's own modules belong to another realm under a test runner. */
function textProperty(value: unknown, name: string): string | undefined {
  const property: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof property === 'string' ? property : undefined;
}

/** Runs file work on the data directory and says, when it fails, what was being done. */
export async function describing<T>(action: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EmbeddedClusterError) throw error;
    throw new EmbeddedClusterError(`Embedded PostgreSQL: cannot ${action}: ${errorMessage(error)}`, { cause: error });
  }
}
