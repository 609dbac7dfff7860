import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatedKey } from './key-schedule.js';

/**
 * Bits of a new key. Signing takes 0.3 ms of a core at 2048 bits and 1.9 ms at 3072, once a login and once a refresh;
 * for signatures that are worth an hour, NIST SP 800-57 part 1 accepts 2048 until 2030.
 */
export const KEY_BITS = 2_048;

/** A private key and the file that it is in. */
export interface KeyFile extends DatedKey {
  readonly file: string;
  readonly privateKey: KeyObject;
}

/** The signing keys cannot be used; the message says which file is at fault and what to do. */
export class KeyFileError extends Error {}

const REMEDY = 'run "make generate-keys"';

/** `2026-11-21T05-27-26-368Z.pem`; shorter times, and dates alone, will do. */
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})-(\d{2})(?:-(\d{2})(?:-(\d{3}))?)?Z?)?\.pem$/;

/**
 * Reads the private keys of a folder, the newest last. A key is as old as its file's name says, or else the file.
 * @throws {KeyFileError} where there is none, or a file is not an RSA key of 2048 bits or more
 */
export function readKeyFiles(folder: string): KeyFile[] {
  const names = keyFileNames(folder);
  if (names.length === 0) throw new KeyFileError(`There is no *.pem file in KEYS_DIR "${folder}": ${REMEDY}.`);
  return names
    .map((name) => readKeyFile(folder, name))
    .sort((a, b) => a.addedAt.getTime() - b.addedAt.getTime() || (a.name < b.name ? -1 : 1));
}

/** What changes when a file of a folder is added, taken away or written anew. */
export function keyFolderState(folder: string): string {
  return keyFileNames(folder)
    .map((name) => {
      const { mtimeMs, size } = statSync(join(folder, name));
      return `${name} ${mtimeMs} ${size}`;
    })
    .join('\n');
}

/**
 * Makes a key, unless the folder has one.
 * @returns the file that was made; undefined where there was a key
 */
export function makeFirstKeyFile(folder: string, now: Date): string | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return keyFileNames(folder).length > 0 ? undefined : makeKeyFile(folder, now);
}

/** Makes a key, named by the time. */
export function makeKeyFile(folder: string, now: Date): string {
  const file = join(folder, `${now.toISOString().replaceAll(/[:.]/g, '-')}.pem`);
  const draft = `${file}.${process.pid}.draft`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: KEY_BITS });
  writeFileSync(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  try {
    // A link appears whole or not at all, and never replaces a file.
    linkSync(draft, file);
  } finally {
    rmSync(draft);
  }
  return file;
}

function keyFileNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.pem'))
      .sort();
  } catch (error) {
    throw new KeyFileError(`KEYS_DIR "${folder}" cannot be read (${reasonOf(error)}): ${REMEDY}.`);
  }
}

function readKeyFile(folder: string, name: string): KeyFile {
  const file = join(folder, name);
  const privateKey = parseKeyFile(file);
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  // RFC 7518, section 3.3: RS256 asks for 2048 bits or more.
  if (privateKey.asymmetricKeyType !== 'rsa' || bits < 2_048) {
    throw new KeyFileError(`${file} does not hold an RSA key of at least 2048 bits: remove it and ${REMEDY}.`);
  }
  return { name, file, privateKey, addedAt: timeOfName(name) ?? statSync(file).mtime };
}

function timeOfName(name: string): Date | undefined {
  const [, date, hours = '00', minutes = '00', seconds = '00', milliseconds = '000'] = TIMESTAMP.exec(name) ?? [];
  const time = new Date(`${date}T${hours}:${minutes}:${seconds}.${milliseconds}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function parseKeyFile(file: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(file));
  } catch (error) {
    const reason = reasonOf(error);
    // Removing a good key would log everybody out.
    const remedy = reason === 'EACCES' ? 'let the user of this process read it' : `remove it and ${REMEDY}`;
    throw new KeyFileError(`${file} cannot be read as a private key (${reason}): ${remedy}.`);
  }
}

/** The code alone: messages of OpenSSL tell an operator nothing, and those of the file system repeat the path. */
function reasonOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown reason';
}
