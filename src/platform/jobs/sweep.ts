import { setTimeout as delay } from 'node:timers/promises';

/** Rest between two batches, so that a sweep never takes the database from those who wait for an answer. */
const REST_MS = 50;

/**
 * Works in batches until one has nothing left to do, or the job has to stop.
 * @param workBatch tells how much it has done, 0 for nothing
 * @returns the sum of that
 */
export async function sweep(signal: AbortSignal, workBatch: () => Promise<number>): Promise<number> {
  let total = 0;
  while (!signal.aborted) {
    const worked = await workBatch();
    total += worked;
    if (worked === 0) break;
    await delay(REST_MS, undefined, { ref: false });
  }
  return total;
}
