import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LARGEST_DOCUMENT = 64 * 1024 * 1024;

/**
 * The OpenAPI document of the built application.
 * @param {string} databaseUrl a migrated database
 */
export async function openApi(databaseUrl) {
  const keys = await mkdtemp(join(tmpdir(), 'tradepost-keys-'));
  try {
    // Nothing else of this shell's settings: none must find its way into the document.
    const env = { PATH: process.env.PATH, NODE_ENV: 'development', DATABASE_URL: databaseUrl, KEYS_DIR: keys };
    const options = { env, maxBuffer: LARGEST_DOCUMENT };
    await run(process.execPath, ['dist/src/cli/generate-keys.js'], options);
    const { stdout } = await run(process.execPath, ['--enable-source-maps', 'dist/src/cli/openapi.js'], options);
    return `${JSON.stringify(JSON.parse(stdout), null, 2)}\n`;
  } finally {
    await rm(keys, { recursive: true, force: true });
  }
}
