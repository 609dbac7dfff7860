import { SystemClock } from '../common/clock.js';
import { loadConfig } from '../config/config.js';
import { makeFirstKeyFile } from '../platform/security/key-files.js';
import { makeSecretsKey } from '../platform/security/secrets-key.js';
import { runMain } from './fail.js';

await runMain(() => {
  const { KEYS_DIR } = loadConfig();
  const file = makeFirstKeyFile(KEYS_DIR, new SystemClock().now());
  process.stdout.write(file === undefined ? `There is a key in ${KEYS_DIR} already.\n` : `Made ${file}.\n`);
  const secrets = makeSecretsKey(KEYS_DIR);
  if (secrets !== undefined) process.stdout.write(`Made ${secrets}.\n`);
  return Promise.resolve();
});
