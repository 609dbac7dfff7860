// `make api-http`: starts a server of its own, filled with examples like that of `make dev`, sends every request of
// api.http to it, and walks the tour of the README.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, runToEnd, startServer } from '../bench/support/child-process.mjs';
import { runProgram, UsageError } from '../bench/support/cleanup.mjs';
import { walkTour } from './support/readme-tour.mjs';

const REQUESTS = 'api.http';
const cwd = process.cwd();

/** @param {import('../bench/support/cleanup.mjs').Cleanup} cleanup */
async function startShop(cleanup) {
  const folder = await mkdtemp(join(tmpdir(), 'tradepost-api-http-'));
  cleanup.defer(`remove ${folder}`, () => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  const env = {
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: join(folder, 'data'),
    KEYS_DIR: join(folder, 'keys'),
    RATE_LIMIT_ENABLED: 'false',
    LOG_LEVEL: 'warn',
  };
  const run = (/** @type {string[]} */ ...args) => runToEnd({ args, cwd, env, cleanup });
  await run('dist/src/cli/generate-keys.js');
  const args = ['--enable-source-maps', 'dist/src/main.js', '--seed'];
  const { origin } = await startServer({ args, cwd, env, port, readyPath: '/health/ready', cleanup });
  return { host: origin, mailDir: join(folder, 'data', 'mail'), keysDir: env.KEYS_DIR };
}

/**
 * @param {import('../bench/support/cleanup.mjs').Cleanup} cleanup
 * @param {{ host: string, mailDir: string, keysDir: string }} shop
 */
async function sendRequests(cleanup, { host, mailDir, keysDir }) {
  const variables = ['--var', `host=${host}`, `mailDir=${mailDir}`, `keysDir=${keysDir}`];
  const options = ['--all', '--no-color', '--output', 'none', '--output-failed', 'exchange', ...variables];
  const child = spawn('node_modules/.bin/httpyac', ['send', REQUESTS, ...options], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  cleanup.defer('stop httpyac', () => child.kill());
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

await runProgram(async (cleanup) => {
  if (!existsSync(REQUESTS)) throw new UsageError(`${REQUESTS} is missing`);
  const shop = await startShop(cleanup);
  return (await sendRequests(cleanup, shop)) || walkTour(shop.host);
});
