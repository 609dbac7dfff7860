import { Logger } from '@nestjs/common';
import { pino } from 'pino';
import { buildLogging, createLogger, linesOf } from './logging.js';
import { NestLogger } from './nest-logger.js';

function capture(level: 'debug' | 'info' = 'info') {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger(level, { write: (line: string) => lines.push(JSON.parse(line)) });
  return { logger, lines };
}

describe('logging', () => {
  it('writes JSON lines with the level by name and the time as RFC 3339', () => {
    const { logger, lines } = capture();
    logger.info({ saleId: 's1' }, 'Sale placed.');
    expect(lines).toEqual([
      expect.objectContaining({ level: 'info', saleId: 's1', msg: 'Sale placed.', time: expect.stringMatching(/Z$/) }),
    ]);
  });

  it('hides secrets, also in nested fields', () => {
    const { logger, lines } = capture();
    logger.info({ headers: { Authorization: 'Bearer x' }, refreshToken: 'y', email: 'ada@example.com' }, 'Hello.');
    expect(JSON.stringify(lines)).not.toMatch(/Bearer|"y"|ada@/);
  });

  it('shows what an error was caused by', () => {
    const { logger, lines } = capture();
    logger.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'Failed.');
    expect(lines[0]).toMatchObject({ err: { message: 'outer', cause: { message: 'inner' } } });
  });
});

describe('lines that have most in common', () => {
  const common = { url: '/a?b="c"\n', token: 'secret' };

  it('are those of the logger', () => {
    const texts: string[] = [];
    const logger = createLogger('info', { write: (line) => texts.push(line.replace(/"time":"[^"]*"/, '')) });
    linesOf(logger, common, 'Say "hello".')('"status":200');
    logger.info({ ...common, status: 200 }, 'Say "hello".');
    expect(texts).toHaveLength(2);
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toContain('secret');
  });

  it('go through a logger that was made elsewhere', () => {
    const lines: Record<string, unknown>[] = [];
    const logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
    linesOf(logger, common, 'Hello.')('"status":200');
    expect(lines).toEqual([
      expect.objectContaining({ url: common.url, token: '[redacted]', status: 200, msg: 'Hello.' }),
    ]);
  });
});

describe('a log file', () => {
  it('that cannot be written is an error at the start', async () => {
    const belowAFile = 'package.json/shop.log';
    await expect(buildLogging({ LOG_LEVEL: 'info', LOG_FILE: belowAFile })).rejects.toThrow(
      `LOG_FILE "${belowAFile}" cannot be written`,
    );
  });
});

describe('Nest logger', () => {
  const logged = (level: 'debug' | 'info', log: (logger: Logger) => void): Record<string, unknown>[] => {
    const { logger, lines } = capture(level);
    Logger.overrideLogger(new NestLogger(logger));
    try {
      log(new Logger('Relay'));
    } finally {
      Logger.overrideLogger(false);
    }
    return lines;
  };

  it('keeps fields that were given before the message', () => {
    const [line] = logged('info', (logger) => logger.warn({ eventId: 'e1', err: new Error('boom') }, 'Trying again.'));
    expect(line).toMatchObject({
      level: 'warn',
      context: 'Relay',
      eventId: 'e1',
      err: { message: 'boom' },
      msg: 'Trying again.',
    });
  });

  it('takes a plain message, a stack and an error', () => {
    const lines = logged('info', (logger) => {
      logger.log('Started.');
      logger.error('Failed.', 'at line 1');
      logger.error(new Error('boom'));
    });
    expect(lines).toMatchObject([
      { level: 'info', context: 'Relay', msg: 'Started.' },
      { level: 'error', context: 'Relay', stack: 'at line 1', msg: 'Failed.' },
      { level: 'error', context: 'Relay', err: { message: 'boom' }, msg: 'boom' },
    ]);
  });

  it("lowers Nest's own news about its start", () => {
    const { logger, lines } = capture('debug');
    new NestLogger(logger).log('Mapped {/health, GET} route', 'RouterExplorer');
    expect(lines[0]).toMatchObject({ level: 'debug', context: 'RouterExplorer' });
  });
});
