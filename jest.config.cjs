/**
 * CommonJS packages of many files, which Jest may run as they are. It asks the transformer for each other file and keeps
 * what it answers in a file of its own: for two thousand of them that is most of the time a first start takes.
 */
const COMMONJS = ['@redis', 'ajv', 'class-transformer', 'class-validator', 'es-toolkit', 'fastify', 'prom-client']
  .concat(['rxjs', 'semver', 'superagent', 'typeorm', 'validator'])
  .join('|');

/** Real PostgreSQL for everything: see test/support/global-setup.ts. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  transform: { '^.+\\.(ts|m?js)$': '<rootDir>/test/support/transformer.cjs' },
  transformIgnorePatterns: ['\\.cjs$', `/node_modules/(?:${COMMONJS})/(?!.*/node_modules/)(?!.*\\.mjs$)`],
  moduleFileExtensions: ['ts', 'mjs', 'js', 'cjs', 'json', 'node'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testTimeout: 60_000,
  // Looked up through a proxy otherwise, each time. What tests replace, such as timers, has to be.
  sandboxInjectedGlobals:
    'Array Boolean Error JSON Map Math Number Object Promise Reflect Set String Symbol TypeError WeakMap'.split(' '),
  // More than a small machine has cores: many tests wait. A worker grows with every application that it starts.
  maxWorkers: 4,
  workerIdleMemoryLimit: '800MB',
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
};
