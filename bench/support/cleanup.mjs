/**
 * Undoes, in reverse order, what a run has started: on success, on failure and on Ctrl-C alike.
 */
export class Cleanup {
  /** @type {{ what: string, undo: () => unknown }[]} */
  #steps = [];
  /** @type {Promise<void> | undefined} */
  #running;

  /**
   * @param {string} what an imperative, for the message when undoing fails
   * @param {() => unknown} undo called at once when cleaning up has already begun: what started late must stop too
   */
  defer(what, undo) {
    if (this.#running === undefined) this.#steps.push({ what, undo });
    else void this.#undo({ what, undo });
  }

  /** Runs every step once; a step that fails is reported and does not stop the others. */
  run() {
    this.#running ??= this.#undoAll();
    return this.#running;
  }

  async #undoAll() {
    for (const step of this.#steps.reverse()) await this.#undo(step);
  }

  /** @param {{ what: string, undo: () => unknown }} step */
  async #undo({ what, undo }) {
    try {
      await undo();
    } catch (error) {
      process.stderr.write(`could not ${what}: ${error instanceof Error ? error.message : error}\n`);
    }
  }
}

/**
 * Runs a command-line program: cleans up after it whatever happens, prints an error's message and sets the exit code.
 * @param {(cleanup: Cleanup) => Promise<number>} program gives the exit code
 */
export async function runProgram(program) {
  const cleanup = new Cleanup();
  let interrupted = false;
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    if (interrupted) return;
    interrupted = true;
    process.stderr.write(`\n${signal}: stopping\n`);
    void cleanup.run().then(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  let code = 1;
  try {
    code = await program(cleanup);
  } catch (error) {
    if (!interrupted) process.stderr.write(`\n${error instanceof Error ? error.message : error}\n`);
    code = isUsageError(error) ? 2 : 1;
  }
  await cleanup.run();
  if (!interrupted) process.exitCode = code;
}

/** The caller asked for something that cannot be done as asked; exit code 2. */
export class UsageError extends Error {}

/** @param {unknown} error */
function isUsageError(error) {
  if (error instanceof UsageError) return true;
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
