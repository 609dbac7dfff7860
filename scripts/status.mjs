// `make status`: asks the server how it is; exit code 0 when it serves.
import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';

if (existsSync('.env')) loadEnvFile('.env');
const port = process.env.PORT || '3000';
const host = process.env.HOST || '127.0.0.1';
const url = `http://${reachable(host)}:${port}/health`;

/** A server that listens on every interface is asked on the loopback one. */
function reachable(/** @type {string} */ address) {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}

try {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  const text = await response.text();
  process.stdout.write(`${url} answered ${response.status}\n${indented(text)}\n`);
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  const cause = error instanceof Error ? error.cause : undefined;
  const reason = cause instanceof Error && 'code' in cause ? cause.code : error;
  process.stderr.write(`Tradepost does not answer on ${url} (${reason}). Start it with: make dev\n`);
  process.exitCode = 1;
}

function indented(/** @type {string} */ text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
