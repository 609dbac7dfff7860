import { setTimeout as delay } from 'node:timers/promises';

/** Rest between two batches, so that a sweep never takes the database from those who wait for an answer. */
const REST_MS = 50;

/** Deletes in batches until nothing is left to delete, or the job has to stop; gives the number of rows deleted. */
export async function sweep(signal: AbortSignal, deleteBatch: () => Promise<number>): Promise<number> {
  let total = 0;
  while (!signal.aborted) {
    const deleted = await deleteBatch();
    total += deleted;
    if (deleted === 0) break;
    await delay(REST_MS, undefined, { ref: false });
  }
  return total;
}
