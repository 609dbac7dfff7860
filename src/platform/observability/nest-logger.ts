import type { LoggerService } from '@nestjs/common';
import type { Level, Logger } from 'pino';

/** What Nest says while it starts is of interest only when something is wrong with it. */
const NEST_CONTEXTS = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
  'WebSocketsController',
]);

/** Tells what stopped Nest from starting, with a stack; the same error is thrown, and told in a line by who started it. */
const TOLD_ELSEWHERE = 'ExceptionHandler';

/**
 * Lets Nest's `Logger` write through pino. Fields go before the message, as in pino:
 * `logger.warn({ err, saleId }, 'The provider did not answer.')`.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(level: Level, first: unknown, rest: readonly unknown[]): void {
    const context = rest.at(-1);
    const quiet = level === 'info' && typeof context === 'string' && NEST_CONTEXTS.has(context);
    if (context === TOLD_ELSEWHERE) return;
    const effective = quiet ? 'debug' : level;
    if (!this.logger.isLevelEnabled(effective)) return;
    const { fields, message } = arrange(first, rest);
    this.logger[effective](typeof context === 'string' ? { context, ...fields } : fields, message);
  }
}

/** Nest hands the logger's name over as the last argument, and a stack, where `error` was given one, before it. */
function arrange(first: unknown, rest: readonly unknown[]): { fields: object; message: string | undefined } {
  if (first instanceof Error) return { fields: { err: first }, message: first.message };
  const second = rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined;
  if (typeof first === 'object' && first !== null) return { fields: first, message: second };
  return { fields: second === undefined ? {} : { stack: second }, message: String(first) };
}
