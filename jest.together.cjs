/**
 * All tests, several files at a time: loading the application takes Jest longer than most files take to run, and a file
 * that is required within `describe` keeps its hooks to itself. `jest` alone runs files one by one, for work on them.
 */
const { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { join, sep } = require('node:path');
const single = require('./jest.config.cjs');

/** Two for each worker: to load the application takes as long as several files. */
const GROUPS = 8;
const FOLDER = join(__dirname, 'test', '.together');
/** What a file takes, in seconds, by its length: so many to begin with, and so many bytes a second. */
const LEAST = 0.2;
const BYTES = { src: 12_000, test: 3_000 };
/** Those that take far longer than their length tells, since they wait, start programs, or ask thousands of times. */
const SECONDS = {
  'test/integration/stripe-payments': 42,
  'test/integration/coherence': 36,
  'test/integration/sales-history-stock': 26,
  'test/faults/killed-payments': 25,
  'test/integration/sales-history': 24,
  'test/integration/sale-races': 23,
  'test/faults/sessions-on-replicas': 21,
  'test/faults/stale-catalogue': 21,
  'test/faults/killed-refunds': 20,
  'test/integration/cached-answers': 19,
  'test/integration/reconcile': 19,
  'test/integration/token-replicas': 19,
  'test/faults/import-resume': 17,
  'test/integration/cache': 17,
  'test/integration/checkout-races': 17,
  'test/faults/killed-application': 16,
  'test/faults/shutdown': 16,
  'test/integration/embedded-cluster': 14,
  'test/integration/sale-model': 14,
  'test/e2e/authorisation-matrix': 13,
  'test/e2e/imports': 13,
  'test/integration/analytics': 13,
  'test/e2e/payment-webhooks': 12,
  'test/e2e/privacy': 11,
  'test/integration/catalogue-lane': 11,
  'test/integration/invoice-mails': 11,
  'test/integration/open-sales': 11,
  'test/e2e/refunds': 10,
  'test/integration/random-sales': 10,
  'test/e2e/login-load': 9,
  'test/e2e/promotions': 9,
  'test/e2e/test-clock': 9,
  'test/faults/database-restart': 9,
  'test/integration/mail': 9,
  'test/e2e/audit-policy': 8,
  'test/e2e/sales': 8,
  'test/integration/stock-ledger': 8,
  'test/e2e/export': 7,
  'test/e2e/oidc': 7,
  'test/e2e/product-images': 7,
  'test/e2e/rate-limits': 7,
  'test/e2e/taxes': 7,
  'test/faults/slow-database': 7,
  'test/integration/catalogue-walks': 7,
  'test/integration/jobs': 7,
  'test/integration/refund-races': 7,
};

function weightOf(file) {
  return (
    SECONDS[file.replace('.spec.ts', '')] ?? LEAST + statSync(join(__dirname, file)).size / BYTES[file.split(sep)[0]]
  );
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
