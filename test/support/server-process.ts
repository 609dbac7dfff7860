import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import type { TestDatabase } from './cluster.js';
import { bundled } from './compiled.js';
import { testKeysDir } from './keys.js';

export interface ServerProcess {
  readonly url: string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the server logs a message. */
  logged(message: RegExp): Promise<void>;
  /** Exit code and signal, once it has ended. */
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>;
}

/** The server of `src/main.ts` in a process of its own, on a free port. */
export async function startServerProcess(
  { url, ownerUrl }: TestDatabase,
  settings: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [bundled('src/main.ts')], {
    // Without a .env: that one is for the developer's own shop.
    cwd: tmpdir(),
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      PORT: '0',
      DATABASE_URL: url,
      DATABASE_MIGRATION_URL: ownerUrl,
      KEYS_DIR: testKeysDir(),
      PASSWORD_HASH_MEMORY_KIB: '1024',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code, signal]) => [code, signal] as const);
  const lines = createInterface({ input: child.stdout });
  const line = (message: RegExp): Promise<Record<string, string>> =>
    new Promise((found, failed) => {
      lines.on('line', (text) => {
        const entry = JSON.parse(text);
        if (message.test(entry.msg)) found(entry);
      });
      void ended.then(([code]) => failed(new Error(`The server ended with ${code} before it logged ${message}.`)));
    });
  const { url: address = '' } = await line(/Tradepost serves/);
  return {
    url: address,
    kill: (signal) => void child.kill(signal),
    logged: async (message) => void (await line(message)),
    ended,
  };
}
