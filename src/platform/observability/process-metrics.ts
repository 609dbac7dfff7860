import { collectDefaultMetrics, Registry } from 'prom-client';

let collected: Registry | undefined;

/**
 * What Node tells of the process, the same for every application in it. It is collected once: the watches of the event
 * loop and of the garbage collector that it sets up can never be taken down, and would keep what they belong to.
 */
export function processMetrics(): Registry {
  if (collected === undefined) {
    collected = new Registry();
    collectDefaultMetrics({ register: collected });
  }
  return collected;
}
