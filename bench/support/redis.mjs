import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { childEnvironment, freePort } from './child-process.mjs';

/**
 * @typedef {{ url: string, port: number, run: (text: string) => Promise<string>, freeze: () => void, thaw: () => void,
 *   kill: () => Promise<void>, start: () => Promise<void> }} BenchRedis `kill` is like a power cut, and nothing is saved
 */

/**
 * @param {import('./cleanup.mjs').Cleanup} cleanup
 * @param {string} dir
 * @returns {Promise<BenchRedis | undefined>} a Redis of this run's own; undefined where none is installed
 */
export async function startRedis(cleanup, dir) {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'];
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  const run = (/** @type {string} */ text) => command(port, text);
  const start = async () => {
    child = spawn('redis-server', args, { env: childEnvironment({}), stdio: 'ignore' });
    const failed = once(child, 'error').then(() => true);
    if (await Promise.race([failed, once(child, 'spawn').then(() => false)])) throw new Error('no redis-server');
    while ((await run('PING').catch(() => '')) !== '+PONG\r\n') await delay(20);
  };
  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  try {
    await start();
  } catch {
    return undefined;
  }
  cleanup.defer('stop Redis', kill);
  const send = (/** @type {NodeJS.Signals} */ signal) => void child?.kill(signal);
  const url = `redis://127.0.0.1:${port}`;
  return { url, port, run, start, kill, freeze: () => send('SIGSTOP'), thaw: () => send('SIGCONT') };
}

/**
 * @param {number} port
 * @param {string} text a command in Redis' inline form
 */
async function command(port, text) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write(`${text}\r\n`);
    const [data] = await once(socket, 'data');
    return String(data);
  } finally {
    socket.destroy();
  }
}
