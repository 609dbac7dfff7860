import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts process time in ticks of 1/100 s for every program (USER_HZ), whatever the kernel's own rate. */
const MS_PER_TICK = 10;

/**
 * The fields of /proc/PID/stat after the command name, which may itself contain spaces: proc(5).
 * @param {number} pid
 * @returns {string[] | undefined} undefined where there is no such process or no /proc
 */
function statFields(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/**
 * @param {number} pid
 * @returns {number | undefined} user and system time in milliseconds; undefined where /proc does not tell
 */
export function processCpuMs(pid) {
  const fields = statFields(pid);
  return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** @param {number} pid */
export function parentPid(pid) {
  const fields = statFields(pid);
  return fields === undefined ? undefined : Number(fields[1]);
}

/**
 * The time of a process, of its living children and of those it has waited for: a PostgreSQL server's backends come and
 * go as connections do.
 * @param {number} pid
 * @returns {number | undefined} milliseconds
 */
export function processTreeCpuMs(pid) {
  const own = statFields(pid);
  if (own === undefined) return undefined;
  let ticks = Number(own[11]) + Number(own[12]) + Number(own[13]) + Number(own[14]);
  for (const entry of readdirSync('/proc')) {
    const fields = /^\d+$/.test(entry) ? statFields(Number(entry)) : undefined;
    if (fields !== undefined && Number(fields[1]) === pid) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * MS_PER_TICK;
}
