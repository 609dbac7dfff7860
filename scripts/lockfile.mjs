// Keeps package-lock.json whole for every platform. npm leaves out the optional packages of other platforms when it
// cannot see them (github.com/npm/cli/issues/4828), and `npm ci` then refuses the file. Without an option this says
// what is missing; with --write it adds the entries, each with what its name says of its platform.
import { readFileSync, writeFileSync } from 'node:fs';

/** @typedef {{ version: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[],
 *   optionalDependencies?: Record<string, string> }} Entry */

const FILE = 'package-lock.json';
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

const lockfile = JSON.parse(readFileSync(FILE, 'utf8'));
/** @type {Record<string, Entry>} */
const packages = lockfile.packages;

/** Whether Node, starting from a package, would find another one. */
function resolves(/** @type {string} */ from, /** @type {string} */ name) {
  const folders = from.split(/(?:^|\/)node_modules\//).filter((folder) => folder !== '');
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    if ([...folders.slice(0, depth), name].map((folder) => `node_modules/${folder}`).join('/') in packages) return true;
  }
  return false;
}

/** @type {(name: string, version: string, dev: boolean) => Entry} */
function entryFor(name, version, dev) {
  const words = name.split(/[/-]/);
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  if (os.length !== 1 || cpu.length !== 1 || !/^\d/.test(version)) {
    throw new Error(`${name}@${version} does not say which platform it is for: run npm install where it can be had.`);
  }
  const libc = words.some((word) => word.startsWith('musl')) ? { libc: ['musl'] } : {};
  return { version, cpu, ...(dev ? { dev } : {}), ...libc, optional: true, os };
}

const missing = Object.entries(packages).flatMap(([from, { optionalDependencies = {}, dev = false }]) =>
  Object.entries(optionalDependencies)
    .filter(([name]) => !resolves(from, name))
    .map(([name, version]) => ({ name, version, dev })),
);

if (missing.length > 0 && process.argv.includes('--write')) {
  for (const { name, version, dev } of missing) packages[`node_modules/${name}`] = entryFor(name, version, dev);
  lockfile.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(FILE, `${JSON.stringify(lockfile, null, 2)}\n`);
  process.stdout.write(`Added ${missing.length} packages of other platforms to ${FILE}.\n`);
} else if (missing.length > 0) {
  const names = missing.map(({ name }) => name).join(', ');
  process.stderr.write(`${FILE} lacks packages of other platforms, so \`npm ci\` refuses it: ${names}.\n`);
  process.stderr.write('Add them with: node scripts/lockfile.mjs --write\n');
  process.exitCode = 1;
}
