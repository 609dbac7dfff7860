// `make dev` and `make run`: serves the build; with --watch, compiles and starts again when a source changes.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { createInterface } from 'node:readline';
import { markBuilt, removeOrphans } from './support/dist.mjs';

const WATCHED = ['src', 'migrations'];
const SERVER = [
  '--import',
  './scripts/support/end-with-parent.mjs',
  '--enable-source-maps',
  '--max-semi-space-size=8',
  '--initial-old-space-size=90',
  'dist/src/main.js',
  '--seed',
];
const COMPILER = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'];

const watching = process.argv.includes('--watch');
/** @type {import('node:child_process').ChildProcess | undefined} */
let server;
/** @type {import('node:child_process').ChildProcess | undefined} */
let compiler;
/** @type {import('node:fs').FSWatcher[]} */
let watchers = [];
let stopping = false;
let restarting = false;

function say(/** @type {string} */ text) {
  process.stderr.write(`${text}\n`);
}

function startServer() {
  restarting = false;
  // A process group of its own: Ctrl-C reaches the server once, through this process, and not a second time from the
  // terminal, which a server may take for "at once".
  const child = spawn(process.execPath, SERVER, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { NODE_ENV: 'development', ...process.env },
    detached: true,
  });
  server = child;
  child.once('exit', (code, signal) => {
    server = undefined;
    if (restarting && !stopping) startServer();
    else if (stopping || compiler === undefined) end(code ?? (stopping ? 0 : signalExitCode(signal)));
    else say(`The server ended with ${code ?? signal}. It starts again after the next change.`);
  });
}

function signalExitCode(/** @type {NodeJS.Signals | null} */ signal) {
  return signal === 'SIGINT' ? 130 : 143;
}

function restartServer() {
  if (stopping) return;
  if (server === undefined) startServer();
  else if (!restarting) {
    restarting = true;
    server.kill('SIGTERM');
  }
}

/** The compiler is started at the first change, and stays: from then on it sees changes itself, and is fast. */
function startCompiler() {
  for (const watcher of watchers) watcher.close();
  watchers = [];
  const child = spawn(process.execPath, COMPILER, { stdio: ['ignore', 'pipe', 'inherit'] });
  compiler = child;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const found = /Found (\d+) errors?\. Watching/.exec(line)?.[1];
    if (found === undefined) {
      if (!/Starting (incremental )?compilation|File change detected/.test(line) && line.trim() !== '') say(line);
    } else if (found === '0') {
      removeOrphans();
      markBuilt();
      say('Compiled; starting again.');
      restartServer();
    } else say(`${found} to mend; the server goes on as it was.`);
  });
  child.once('exit', (code) => {
    compiler = undefined;
    if (!stopping) stop('SIGTERM', code ?? 1);
  });
}

function watchSources() {
  const onChange = (/** @type {string} */ _event, /** @type {string | null} */ file) => {
    if (compiler === undefined && !stopping && file?.endsWith('.ts') && !file.endsWith('.spec.ts')) startCompiler();
  };
  watchers = WATCHED.map((folder) => watch(folder, { recursive: true }, onChange));
}

function stop(/** @type {NodeJS.Signals} */ signal, /** @type {number} */ code = 0) {
  stopping = true;
  for (const watcher of watchers) watcher.close();
  compiler?.kill('SIGTERM');
  if (server === undefined) end(code);
  else {
    server.kill(signal);
    process.exitCode = code;
  }
}

function end(/** @type {number} */ code) {
  for (const watcher of watchers) watcher.close();
  compiler?.kill('SIGTERM');
  process.exitCode ||= code;
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => stop(signal === 'SIGHUP' ? 'SIGTERM' : signal));
}
startServer();
if (watching) watchSources();
