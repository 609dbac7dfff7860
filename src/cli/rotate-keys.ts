import { rmSync } from 'node:fs';
import { SystemClock } from '../common/clock.js';
import { loadConfig } from '../config/config.js';
import { makeFirstKeyFile, makeKeyFile, readKeyFiles } from '../platform/security/key-files.js';
import { scheduleKeyFiles } from '../platform/security/key-watch.js';
import { runMain } from './fail.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** With --prune: makes no new key, only removes those whose last token has expired. */
await runMain(() => {
  const config = loadConfig();
  const now = new SystemClock().now();
  if (!process.argv.includes('--prune')) {
    say(`Made ${makeFirstKeyFile(config.KEYS_DIR, now) ?? makeKeyFile(config.KEYS_DIR, now)}.`);
  }
  const { signing, upcoming, retired } = scheduleKeyFiles(readKeyFiles(config.KEYS_DIR), now, config);
  for (const { file } of retired) {
    rmSync(file, { force: true });
    say(`Removed ${file}: its last token has expired.`);
  }
  say(`${signing.file} signs.`);
  for (const { key, signsFrom } of upcoming)
    say(`${key.file} is published, and signs from ${signsFrom.toISOString()}.`);
  return Promise.resolve();
});
