import { parseArgs } from 'node:util';
import { runProgram, UsageError } from './cleanup.mjs';
import { openStage } from './stage.mjs';

/**
 * @typedef {{ cleanup: import('./cleanup.mjs').Cleanup, count: number } & Awaited<ReturnType<typeof openStage>>} Setting
 */

/**
 * Runs a measurement that comes to one figure, which `--assert NUMBER` may bound: exit code 1 when it is exceeded.
 * @param {{ usage: string, option: string, count: number, measure: (setting: Setting) => Promise<number> }} comparison
 *   `option` names the one setting that it has besides, a number, which is `count` where it is not given
 */
export function runComparison({ usage, option, count, measure }) {
  return runProgram(async (cleanup) => {
    const { values } = parseArgs({
      options: { [option]: { type: 'string' }, assert: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    const limit = numberOf('assert', values.assert, Number.POSITIVE_INFINITY);
    const setting = { cleanup, count: numberOf(option, values[option], count), ...(await openStage(cleanup)) };
    return (await measure(setting)) <= limit ? 0 : 1;
  });
}

/**
 * @param {string} name of an option
 * @param {string | boolean | undefined} text its value
 * @param {number} otherwise where it was not given
 */
export function numberOf(name, text, otherwise) {
  const number = Number(text ?? otherwise);
  if (!(number > 0)) throw new UsageError(`--${name} "${text}" is not a number above 0`);
  return number;
}
