import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyFileError } from './key-files.js';

/**
 * The key of what the database holds encrypted. A file of its own beside the RSA keys: those are replaced from time to
 * time, and what is encrypted must outlive them. `readKeyFiles` takes *.pem alone, and leaves it be.
 */
const FILE_NAME = 'secrets.key';
/** AES-256, and SHA-256 in HKDF. */
const KEY_BYTES = 32;

/** @throws {KeyFileError} where the file is missing or does not hold 32 bytes in base64 */
export function readSecretsKey(folder: string): Buffer {
  const file = join(folder, FILE_NAME);
  if (!existsSync(file)) {
    throw new KeyFileError(
      `There is no ${FILE_NAME} in KEYS_DIR "${folder}": restore it if anything was encrypted with it, else run ` +
        '"make generate-keys".',
    );
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== KEY_BYTES) throw new KeyFileError(`${file} does not hold ${KEY_BYTES} bytes in base64.`);
  return key;
}

/**
 * Makes the key, unless there is one.
 * @returns the file that was made; undefined where there was one
 */
export function makeSecretsKey(folder: string): string | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, FILE_NAME);
  if (existsSync(file)) return undefined;
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    // A link appears whole or not at all, and never replaces a file: of two that make one, one wins.
    linkSync(draft, file);
    return file;
  } catch (error) {
    if (existsSync(file)) return undefined;
    throw error;
  } finally {
    rmSync(draft);
  }
}
