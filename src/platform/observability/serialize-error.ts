/** An error as it is logged. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly cause?: LoggedError;
}

const DEPTH = 4;

/**
 * Shows of an error what helps to find its cause and nothing else: drivers hang statements, their parameters and the
 * values of violated constraints on their errors, which are personal data.
 */
export function serializeError(error: unknown, depth = DEPTH): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const cause = causeOf(error);
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: error.message,
    stack: error.stack,
    ...textsOf(error),
    ...(cause === undefined || depth === 0 ? {} : { cause: serializeError(cause, depth - 1) }),
  };
}

function textsOf(error: Error): { code?: string; constraint?: string; table?: string } {
  const texts: { code?: string; constraint?: string; table?: string } = {};
  for (const name of ['code', 'constraint', 'table'] as const) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'string') texts[name] = value;
  }
  return texts;
}

/** What an error was made from: its cause, the driver's own error, or the first of several. */
function causeOf(error: Error): unknown {
  if (error.cause !== undefined) return error.cause;
  if ('driverError' in error && error.driverError instanceof Error) return error.driverError;
  return error instanceof AggregateError ? error.errors[0] : undefined;
}
