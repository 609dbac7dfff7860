import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fstatSync, openSync, readSync, unlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How the server is started in production: see `make start`. */
export const SERVER = [
  '--enable-source-maps',
  '--max-semi-space-size=8',
  '--initial-old-space-size=90',
  'dist/src/main.js',
];

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 15_000;
const KEPT_OUTPUT = 8_000;

/** @typedef {{ pid: number, origin: string, output: () => string, stop: () => Promise<void> }} Server */

/**
 * The environment of a child: what a program needs to start and the given settings, nothing of the caller's. A
 * DATABASE_URL or REDIS_URL left in the shell must not decide what is measured or written to.
 * @param {Record<string, string>} settings
 */
export function childEnvironment(settings) {
  const inherited = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZ', 'SystemRoot'];
  const kept = inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(kept), ...settings };
}

/** A TCP port of the loopback address that was free a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no TCP port was given');
  return address.port;
}

/**
 * Starts a server as a child process and waits until it answers. What it prints goes to a file, as it would in
 * production: reading its log would take the time of whoever makes the load.
 * @param {{ args: string[], cwd: string, env: Record<string, string>, port: number, readyPath: string,
 *   cleanup: import('./cleanup.mjs').Cleanup }} options `args` follow `node`
 * @returns {Promise<Server>}
 */
export async function startServer({ args, cwd, env, port, readyPath, cleanup }) {
  const name = `node ${args.join(' ')}`;
  const log = openNamelessFile(port);
  const child = spawn(process.execPath, args, { cwd, env: childEnvironment(env), stdio: ['ignore', log, log] });
  const output = () => endOf(log);
  const exited = once(child, 'exit');
  const stop = () => stopChild(child, exited);
  cleanup.defer(`stop ${name}`, stop);
  const origin = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await answers(origin + readyPath))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode} before it served:\n${output()}`);
    }
    if (Date.now() > deadline) throw new Error(`${name} did not answer ${readyPath} within 60 s:\n${output()}`);
    await delay(100);
  }
  return { pid: child.pid ?? 0, origin, output, stop };
}

/**
 * Runs a Node program to its end.
 * @param {{ args: string[], cwd: string, env: Record<string, string>, cleanup: import('./cleanup.mjs').Cleanup }} options
 * @returns {Promise<string>} what it printed; throws that text when the exit code is not 0
 */
export async function runToEnd({ args, cwd, env, cleanup }) {
  const child = spawn(process.execPath, args, { cwd, env: childEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const output = keepOutput(child);
  const exited = once(child, 'exit');
  cleanup.defer(`stop node ${args[0]}`, () => stopChild(child, exited));
  const [code, signal] = await exited;
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code ?? signal}:\n${output()}`);
  return output();
}

/**
 * A file that is gone when it is closed by all.
 * @param {number} port
 */
function openNamelessFile(port) {
  const path = join(tmpdir(), `tradepost-bench-${process.pid}-${port}.log`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}

/** @param {number} file */
function endOf(file) {
  const from = Math.max(0, fstatSync(file).size - KEPT_OUTPUT);
  const bytes = Buffer.alloc(KEPT_OUTPUT);
  return bytes.toString('utf8', 0, readSync(file, bytes, 0, KEPT_OUTPUT, from)).trim();
}

/** @param {import('node:child_process').ChildProcess} child */
function keepOutput(child) {
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      kept = (kept + text).slice(-KEPT_OUTPUT);
    });
  }
  return () => kept.trim();
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {Promise<unknown>} exited
 */
async function stopChild(child, exited) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(timer);
}

/** @param {string} url */
async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
