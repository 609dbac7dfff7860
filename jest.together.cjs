/**
 * All tests, several files at a time: loading the application takes Jest longer than most files take to run, and a file
 * that is required within `describe` keeps its hooks to itself. `jest` alone runs files one by one, for work on them.
 */
const { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const single = require('./jest.config.cjs');

/** Two for each worker: to load the application takes as long as several files. */
const GROUPS = 8;
const FOLDER = join(__dirname, 'test', '.together');
/** What a file takes, in seconds, by its length: so many to begin with, and so many bytes a second. */
const LEAST = 0.5;
const BYTES = 6_000;
/** Those that take far longer than their length tells, since they wait, start programs, or ask thousands of times. */
const SECONDS = {
  'test/integration/coherence': 35,
  'test/integration/stripe-payments': 35,
  'test/integration/sales-history': 25,
  'test/integration/sales-history-stock': 25,
  'test/integration/token-replicas': 16,
  'test/integration/cached-answers': 15,
  'test/integration/embedded-cluster': 15,
  'test/e2e/imports': 14,
  'test/integration/cache': 14,
  'test/faults/import-resume': 13,
  'test/faults/sessions-on-replicas': 13,
  'test/faults/killed-application': 12,
  'test/faults/killed-payments': 12,
  'test/faults/killed-refunds': 11,
  'test/faults/stale-catalogue': 10,
  'test/integration/sale-model': 9,
  'test/integration/jobs': 9,
  'test/e2e/authorisation-matrix': 9,
  'test/faults/shutdown': 9,
  'test/faults/slow-database': 8,
  'test/integration/checkout-races': 6,
  'test/integration/catalogue-lane': 6,
  'test/e2e/mass-assignment': 5,
  'test/integration/random-sales': 5,
};

function weightOf(file) {
  return SECONDS[file.replace('.spec.ts', '')] ?? LEAST + statSync(join(__dirname, file)).size / BYTES;
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
  const lines = required.padEnd(Math.round(group.weight * 100), '\n');
  if (!existsSync(path) || readFileSync(path, 'utf8') !== lines) writeFileSync(path, lines);
}

module.exports = { ...single, testMatch: ['<rootDir>/test/.together/*.spec.cjs'] };
