import { once } from 'node:events';
import { hostname } from 'node:os';
import { extname } from 'node:path';
import { destination, type Logger, pino } from 'pino';
import type { Config } from '../../config/config.js';
import { GatheredLines } from './gathered-lines.js';
import { redact } from './redact.js';
import { serializeError } from './serialize-error.js';

export interface Logging {
  readonly logger: Logger;
  /** Writes what is still held back; nothing is logged to the file after it. */
  close(): Promise<void>;
}

type LogTarget = { write(line: string): unknown };

/** What stands in every line. */
const BASE = { pid: process.pid, hostname: hostname() };

/** What the loggers made here write to. */
const targets = new WeakMap<Logger, LogTarget>();

let timeAt = 0;
let timeText = '';

/** The time of a line, as RFC 3339; written out once a millisecond, however many lines that has. */
function timeOfLine(): string {
  const now = Date.now();
  if (now !== timeAt) {
    timeAt = now;
    timeText = `,"time":"${new Date(now).toISOString()}"`;
  }
  return timeText;
}

/** Builds the logger of the process: JSON lines to standard output and, where one is named, to a rotated file. */
export async function buildLogging(config: Pick<Config, 'LOG_LEVEL' | 'LOG_FILE'>): Promise<Logging> {
  const stdout = new GatheredLines(destination({ dest: 1, sync: false, minLength: 0 }));
  process.once('exit', () => {
    if (stdout.holding) stdout.flushSync();
  });
  if (config.LOG_FILE === undefined) {
    return { logger: createLogger(config.LOG_LEVEL, stdout), close: async () => stdout.flushSync() };
  }
  const file = await openLogFile(config.LOG_FILE);
  const logger = createLogger(config.LOG_LEVEL, {
    write: (line) => {
      stdout.write(line);
      file.write(line);
    },
  });
  // A full disk must not end the process; the lines still go to standard output.
  file.on('error', (error: Error) => stdout.write(`${JSON.stringify({ level: 'error', msg: error.message })}\n`));
  const close = async (): Promise<void> => {
    const closed = once(file, 'close').catch(() => undefined);
    file.end();
    await closed;
    stdout.flushSync();
  };
  return { logger, close };
}

/** A logger to any target, that hides secrets. */
export function createLogger(level: Config['LOG_LEVEL'], target: LogTarget): Logger {
  const logger = pino(
    {
      level,
      base: BASE,
      timestamp: timeOfLine,
      formatters: { level: (label) => ({ level: label }), log: (fields) => redact(fields) },
      serializers: { err: (error: unknown) => serializeError(error) },
    },
    target as { write(line: string): void },
  );
  targets.set(logger, target);
  return logger;
}

/**
 * Writes lines of level `info` like those of a logger, of which many have all but a few values in common: what is the
 * same is written out and looked through for secrets once.
 * @returns takes the other fields as they stand in JSON, without braces: nothing that may be secret, at least one
 */
export function linesOf(
  logger: Logger,
  common: Readonly<Record<string, unknown>>,
  msg: string,
): (fields: string) => void {
  const target = targets.get(logger);
  if (target === undefined) {
    const child = logger.child(redact(common));
    return (fields) => child.info(JSON.parse(`{${fields}}`), msg);
  }
  const start = JSON.stringify({ ...BASE, ...redact(common) }).slice(1, -1);
  const end = `,"msg":${JSON.stringify(msg)}}\n`;
  return (fields) => void target.write(`{"level":"info"${timeOfLine()},${start},${fields}${end}`);
}

/** @throws {Error} where the file cannot be written */
async function openLogFile(path: string) {
  // Loaded by those who log to a file alone: it brings a library of dates.
  const { default: roll } = await import('pino-roll');
  const extension = extname(path) || '.log';
  const file = await roll({
    file: path.endsWith(extension) ? path.slice(0, -extension.length) : path,
    extension,
    frequency: 'daily',
    size: '50m',
    mkdir: true,
    sync: false,
    limit: { count: 14, removeOtherLogFiles: true },
  });
  try {
    await once(file, 'ready');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`LOG_FILE "${path}" cannot be written: ${reason}.`, { cause });
  }
  return file;
}
