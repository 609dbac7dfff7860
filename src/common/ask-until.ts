import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again and again, with a pause after each time that there was no answer.
 * @returns undefined where there was none after the last question
 */
export async function askUntil<T>(
  questions: number,
  pauseMs: number,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let left = questions; ; ) {
    const answer = await ask();
    left -= 1;
    if (answer !== undefined || left <= 0) return answer;
    await delay(pauseMs);
  }
}
