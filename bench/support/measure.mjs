import { applyLoad } from './load.mjs';
import { processCpuMs } from './usage.mjs';

/**
 * @typedef {import('./load.mjs').LoadResult & { serverCpuMs: number | undefined, databaseCpuMs: number | undefined,
 *   statements: number | undefined }} Sample the last three are per unit
 * @typedef {Map<string, Map<string, Sample[]>>} Samples by case, then by lane, one a round
 * @typedef {Awaited<ReturnType<typeof import('./postgres.mjs').openCounters>>} Counters
 */

/**
 * Measures the lanes of each case one after another within each round, so that whatever else the machine does falls on
 * all of them; the order turns each round.
 * @param {{ cases: readonly import('./cases.mjs').Case[], counters: Counters, rounds: number, milliseconds: number,
 *   warmUpMilliseconds: number, signal: AbortSignal, progress: (text: string) => void }} options
 * @returns {Promise<{ samples: Samples, units: Map<string, number> }>} `units` counts everything done, by case and lane
 */
export async function measure({ cases, counters, rounds, milliseconds, warmUpMilliseconds, signal, progress }) {
  /** @type {Samples} */
  const samples = new Map();
  /** @type {Map<string, number>} */
  const units = new Map();
  for (const { round, name, connections, lane } of turns(cases, rounds)) {
    const warmingUp = round === 0;
    progress(`${warmingUp ? 'warm-up' : `round ${round} of ${rounds}`}: ${name}, ${lane.lane}`);
    const time = warmingUp ? warmUpMilliseconds : milliseconds;
    const sample = await measureLane(lane, connections, time, counters, signal);
    const unit = `${name}/${lane.lane}`;
    units.set(unit, (units.get(unit) ?? 0) + sample.count);
    if (!warmingUp) keep(samples, name, lane.lane, sample);
  }
  return { samples, units };
}

/**
 * Round 0 is the warm-up.
 * @param {readonly import('./cases.mjs').Case[]} cases
 * @param {number} rounds
 */
function turns(cases, rounds) {
  return Array.from({ length: rounds + 1 }, (_, round) =>
    cases.flatMap(({ name, connections, lanes }) =>
      (round % 2 === 0 ? lanes : lanes.toReversed()).map((lane) => ({ round, name, connections, lane })),
    ),
  ).flat();
}

/**
 * @param {import('./cases.mjs').Lane} lane
 * @param {number} connections
 * @param {number} milliseconds
 * @param {Counters} counters
 * @param {AbortSignal} signal
 * @returns {Promise<Sample>}
 */
async function measureLane(
  { lane, origin, pid, database, workload, before },
  connections,
  milliseconds,
  counters,
  signal,
) {
  await before();
  const statementsBefore = await counters.statements(database);
  const databaseBefore = counters.cpuMs();
  const serverBefore = processCpuMs(pid);
  const load = await applyLoad({ origin, workload, connections, milliseconds, signal });
  if (load.count === 0) throw new Error(`${lane} finished nothing within ${milliseconds} ms`);
  const per = (/** @type {number | undefined} */ after, /** @type {number | undefined} */ earlier) =>
    after === undefined || earlier === undefined ? undefined : (after - earlier) / load.count;
  const serverCpuMs = per(processCpuMs(pid), serverBefore);
  const databaseCpuMs = per(counters.cpuMs(), databaseBefore);
  const statements = per(await counters.statements(database), statementsBefore);
  return { ...load, serverCpuMs, databaseCpuMs, statements };
}

/**
 * @param {Samples} samples
 * @param {string} name
 * @param {string} lane
 * @param {Sample} sample
 */
function keep(samples, name, lane, sample) {
  const lanes = samples.get(name) ?? new Map();
  samples.set(name, lanes);
  lanes.set(lane, [...(lanes.get(lane) ?? []), sample]);
}
