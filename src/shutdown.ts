const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface SignalOptions {
  /** How long stopping may take before the process is ended as it is. */
  readonly timeoutMs: number;
  /** Exit code after an orderly stop. */
  readonly exitCode: number;
  readonly log: (message: string, error?: unknown) => void;
}

/**
 * Undoes what a program has set up, the last first, and once: at its end, after a failure, or at a signal, which may
 * come while something is still being set up.
 */
export class Shutdown {
  private readonly steps: (() => Promise<void>)[] = [];
  private running: Promise<void> | undefined;

  /** Whether stopping has begun: what fails from then on is nobody's concern. */
  get begun(): boolean {
    return this.running !== undefined;
  }

  /** Sets something up, and remembers how it is undone from before it is there. */
  acquire<T>(make: () => Promise<T>, undo: (thing: T) => Promise<void>): Promise<T> {
    const made = make();
    this.steps.push(async () => {
      const thing = await made.catch(() => undefined);
      if (thing !== undefined) await undo(thing);
    });
    return made;
  }

  /** Undoes everything; whoever asks while it is under way waits for the same. */
  run(): Promise<void> {
    this.running ??= this.undo();
    return this.running;
  }

  /** From now on the first signal stops the program in good order, and a second one at once. */
  onSignals({ timeoutMs, exitCode, log }: SignalOptions): void {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (this.begun) process.exit(130);
        log(`Stopping at ${signal}.`);
        setTimeout(() => {
          log('Stopping took too long; open requests are cut off.');
          process.exit(1);
        }, timeoutMs).unref();
        this.run().then(
          () => process.exit(exitCode),
          (error: unknown) => {
            log('Stopping failed.', error);
            process.exit(1);
          },
        );
      });
    }
  }

  private async undo(): Promise<void> {
    let failure: unknown;
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
  }
}
