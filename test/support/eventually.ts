import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 15_000;

/** Repeats an expectation until it holds; fails as it failed last. */
export async function eventually<T>(expectation: () => T | Promise<T>): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(20);
    }
  }
}
