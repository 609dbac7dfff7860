import { setTimeout as delay } from 'node:timers/promises';

/** Waits until a moment by the clock of `performance`, in milliseconds; never less, and not at all where it is past. */
export async function pauseUntil(moment: number): Promise<void> {
  const remaining = (): number => moment - performance.now();
  // A timer counts whole milliseconds and may be early by part of one.
  for (let ms = remaining(); ms > 0; ms = remaining()) await delay(Math.ceil(ms));
}
