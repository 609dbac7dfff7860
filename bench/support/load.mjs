import { performance } from 'node:perf_hooks';
import { HttpConnection } from './http-connection.mjs';
import { percentile } from './statistics.mjs';

/**
 * @typedef {(connection: HttpConnection, worker: number) => () => Promise<unknown>} Workload makes what one worker
 *   repeats; each repetition is one measured unit
 * @typedef {{ count: number, seconds: number, perSecond: number, p50: number, p99: number }} LoadResult latencies in ms
 */

/**
 * Runs a workload on several connections for a time. Units under way at its end are finished and counted, so that
 * nothing is left in the server for the next measurement.
 * @param {{ origin: string, workload: Workload, connections: number, milliseconds: number, signal?: AbortSignal }} options
 * @returns {Promise<LoadResult>}
 */
export async function applyLoad({ origin, workload, connections, milliseconds, signal }) {
  /** @type {number[]} */
  const latencies = [];
  const started = performance.now();
  const deadline = started + milliseconds;
  const worker = async (/** @type {number} */ index) => {
    const connection = new HttpConnection(origin);
    try {
      const unit = workload(connection, index);
      for (let now = performance.now(); now < deadline && !signal?.aborted; ) {
        await unit();
        const then = performance.now();
        latencies.push(then - now);
        now = then;
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, index) => worker(index)));
  signal?.throwIfAborted();
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  return {
    count: latencies.length,
    seconds,
    perSecond: latencies.length / seconds,
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
  };
}
