/** Real PostgreSQL for everything: see test/support/global-setup.ts. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  transform: { '^.+\\.(ts|m?js)$': '<rootDir>/test/support/transformer.cjs' },
  transformIgnorePatterns: ['\\.cjs$'],
  moduleFileExtensions: ['ts', 'mjs', 'js', 'cjs', 'json', 'node'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testTimeout: 60_000,
  // A worker grows with every application that it starts, and collecting takes longer.
  maxWorkers: 3,
  workerIdleMemoryLimit: '800MB',
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
};
