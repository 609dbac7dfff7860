import type { Logger } from 'pino';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ends the process in good order at the first signal: what `stop` does, then exit code 0. A second signal ends it at
 * once, and so does running out of time.
 */
export function stopOnSignal(stop: () => Promise<void>, timeoutMs: number, logger: Logger): void {
  let stopping = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stopping) process.exit(130);
      stopping = true;
      logger.info({ signal }, 'Stopping.');
      setTimeout(() => {
        logger.error('Stopping took too long; open requests are cut off.');
        process.exit(1);
      }, timeoutMs).unref();
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'Stopping failed.');
          process.exit(1);
        },
      );
    });
  }
}
