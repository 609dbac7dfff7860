import { generateKeyPairSync } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeSecretsKey } from '../../src/platform/security/secrets-key.js';

/** A folder with one RSA key and the key of secrets, made once and kept: making one takes a good part of a second. */
export function testKeysDir(): string {
  const folder = resolve('node_modules/.cache/tradepost-test-keys');
  const file = join(folder, '2026-01-01T00-00-00Z.pem');
  makeSecretsKey(folder);
  if (existsSync(file)) return folder;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  renameSync(draft, file);
  return folder;
}
