/**
 * All tests, several files at a time: loading the application takes Jest longer than most files take to run, and a file
 * that is required within `describe` keeps its hooks to itself. `jest` alone runs files one by one, for work on them.
 */
const { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const single = require('./jest.config.cjs');

const GROUPS = 16;
const FOLDER = join(__dirname, 'test', '.together');
/** What a file takes however short it is, in bytes of a longer one. */
const LEAST = 4_000;
/** Those that wait, for processes and for leases, take longer than others of their length. */
const WAITING = { 'test/faults': 4, 'test/integration': 2 };

function weightOf(file) {
  const factor = Object.entries(WAITING).find(([folder]) => file.startsWith(folder))?.[1] ?? 1;
  return LEAST + factor * statSync(join(__dirname, file)).size;
}

const files = ['src', 'test']
  .flatMap((root) =>
    readdirSync(join(__dirname, root), { recursive: true, encoding: 'utf8' }).map((name) => join(root, name)),
  )
  .filter((file) => file.endsWith('.spec.ts'))
  .map((file) => ({ file, weight: weightOf(file) }))
  .sort((a, b) => b.weight - a.weight || (a.file < b.file ? -1 : 1));
const groups = Array.from({ length: GROUPS }, () => ({ weight: 0, files: [] }));
for (const { file, weight } of files) {
  const lightest = groups.reduce((least, group) => (group.weight < least.weight ? group : least));
  lightest.weight += weight;
  lightest.files.push(file);
}

mkdirSync(FOLDER, { recursive: true });
const names = groups.map((_, index) => `group-${String(index + 1).padStart(2, '0')}.spec.cjs`);
for (const stale of readdirSync(FOLDER).filter((name) => !names.includes(name))) rmSync(join(FOLDER, stale));
for (const [index, group] of groups.entries()) {
  const path = join(FOLDER, names[index]);
  const required = group.files.map((file) => `describe('${file}', () => void require('../../${file}'));\n`).join('');
  // Jest begins with the largest file, as long as it does not know how long each takes.
  const lines = required.padEnd(Math.round(group.weight / 8), '\n');
  if (!existsSync(path) || readFileSync(path, 'utf8') !== lines) writeFileSync(path, lines);
}

module.exports = { ...single, testMatch: ['<rootDir>/test/.together/*.spec.cjs'] };
