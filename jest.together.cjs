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
  'test/integration/stripe-payments': 45,
  'test/integration/coherence': 40,
  'test/integration/sales-history': 30,
  'test/faults/sessions-on-replicas': 25,
  'test/integration/sale-races': 25,
  'test/integration/sales-history-stock': 25,
  'test/integration/token-replicas': 22,
  'test/integration/cached-answers': 20,
  'test/integration/cache': 18,
  'test/e2e/authorisation-matrix': 17,
  'test/e2e/imports': 17,
  'test/integration/embedded-cluster': 16,
  'test/faults/killed-refunds': 15,
  'test/faults/import-resume': 15,
  'test/faults/stale-catalogue': 14,
  'test/faults/killed-payments': 14,
  'test/faults/shutdown': 13,
  'test/integration/checkout-races': 13,
  'test/integration/sale-model': 12,
  'test/integration/reconcile': 12,
  'test/e2e/payment-webhooks': 10,
  'test/e2e/refunds': 10,
  'test/e2e/test-clock': 9,
  'test/integration/random-sales': 9,
  'test/integration/invoice-mails': 9,
  'test/e2e/login-load': 9,
  'test/integration/mail': 9,
  'test/faults/killed-application': 8,
  'test/integration/open-sales': 8,
  'test/integration/catalogue-lane': 8,
  'test/integration/jobs': 8,
  'test/faults/database-restart': 7,
  'test/faults/slow-database': 7,
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
