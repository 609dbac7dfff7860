import { UsageError } from './cleanup.mjs';
import { median } from './statistics.mjs';

/** The side that is measured; every other lane is something to compare it with. */
const SUBJECT = 'application';

/**
 * @typedef {{ lane: string, perSecond: number, p50: number, p99: number, serverCpuMs: number | undefined,
 *   databaseCpuMs: number | undefined, statements: number | undefined, ratio: number | undefined, rounds: number[] }} LaneReport
 *   medians over the rounds; `ratio` is the application's rate over this lane's, round by round
 * @typedef {{ name: string, what: string, lanes: LaneReport[] }} CaseReport
 */

/**
 * @param {readonly import('./cases.mjs').Case[]} cases
 * @param {import('./measure.mjs').Samples} samples
 * @returns {CaseReport[]}
 */
export function summarise(cases, samples) {
  return cases.map(({ name, what, lanes }) => {
    const subject = samples.get(name)?.get(SUBJECT);
    return {
      name,
      what,
      lanes: lanes.map(({ lane }) => summariseLane(lane, samples.get(name)?.get(lane) ?? [], subject)),
    };
  });
}

/**
 * @param {string} lane
 * @param {readonly import('./measure.mjs').Sample[]} rounds
 * @param {readonly import('./measure.mjs').Sample[] | undefined} subject
 * @returns {LaneReport}
 */
function summariseLane(lane, rounds, subject) {
  const compared = subject !== undefined && lane !== SUBJECT;
  return {
    lane,
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    p50: median(rounds.map(({ p50 }) => p50)),
    p99: median(rounds.map(({ p99 }) => p99)),
    serverCpuMs: medianOfKnown(rounds.map(({ serverCpuMs }) => serverCpuMs)),
    databaseCpuMs: medianOfKnown(rounds.map(({ databaseCpuMs }) => databaseCpuMs)),
    statements: medianOfKnown(rounds.map(({ statements }) => statements)),
    ratio: compared
      ? median(rounds.map(({ perSecond }, i) => (subject[i]?.perSecond ?? Number.NaN) / perSecond))
      : undefined,
    rounds: rounds.map(({ perSecond }) => perSecond),
  };
}

/** @param {readonly (number | undefined)[]} values */
function medianOfKnown(values) {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}

/** @param {readonly CaseReport[]} reports */
export function renderTable(reports) {
  const header = ['case', 'server', '/s', 'p50 ms', 'p99 ms', 'server CPU ms', 'db CPU ms', 'SQL', 'application is'];
  const rows = reports.flatMap(({ name, lanes }) =>
    lanes.map((lane, index) => [
      index === 0 ? name : '',
      lane.lane,
      lane.perSecond.toFixed(0),
      lane.p50.toFixed(2),
      lane.p99.toFixed(2),
      lane.serverCpuMs?.toFixed(3) ?? '-',
      lane.databaseCpuMs?.toFixed(3) ?? '-',
      lane.statements?.toFixed(2) ?? '-',
      lane.ratio === undefined ? '' : `${lane.ratio.toFixed(2)} of it`,
    ]),
  );
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (/** @type {string[]} */ cells) =>
    cells
      .map((cell, column) =>
        column < 2 || column === 8 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/**
 * Reads `list=0.3,detail:bytes=0.8`: the least that the application's rate may be of another server's.
 * @param {string} text
 * @param {readonly string[]} cases
 * @returns {{ name: string, lane: string, least: number }[]}
 */
export function parseAssertions(text, cases) {
  return text.split(',').map((part) => {
    const [, name = '', lane = 'reference', least] =
      /^([a-z-]+)(?::([a-z]+))?=(\d+(?:\.\d+)?)$/.exec(part.trim()) ?? [];
    if (!cases.includes(name))
      throw new UsageError(`--assert "${part}" is not CASE=RATIO with a case of ${cases.join(', ')}`);
    return { name, lane, least: Number(least) };
  });
}

/**
 * @param {readonly CaseReport[]} reports
 * @param {ReturnType<typeof parseAssertions>} assertions
 * @returns {string[]} what does not hold
 */
export function failedAssertions(reports, assertions) {
  return assertions.flatMap(({ name, lane, least }) => {
    const ratio = reports.find((report) => report.name === name)?.lanes.find((side) => side.lane === lane)?.ratio;
    if (ratio !== undefined && ratio >= least) return [];
    return [`${name}: ${ratio === undefined ? 'nothing' : ratio.toFixed(2)} of ${lane} was reached, ${least} is asked`];
  });
}
