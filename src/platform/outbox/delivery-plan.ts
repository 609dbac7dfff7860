/** Longest wait before a failed delivery is tried again, in milliseconds. */
const LONGEST_RETRY_MS = 60_000;

/** When a delivery that has failed `attempts` times before is tried again: after 1 s, 2 s, 4 s, … 60 s. */
export function retryAt(now: Date, attempts: number): Date {
  return new Date(now.getTime() + Math.min(1_000 * 2 ** Math.min(attempts, 16), LONGEST_RETRY_MS));
}

/** Splits events into queues, one an aggregate, that keep their order and may be worked off side by side. */
export function queuesByAggregate<E extends { readonly aggregateId: string }>(events: readonly E[]): E[][] {
  const queues = new Map<string, E[]>();
  for (const event of events) {
    const queue = queues.get(event.aggregateId);
    if (queue === undefined) queues.set(event.aggregateId, [event]);
    else queue.push(event);
  }
  return [...queues.values()];
}
