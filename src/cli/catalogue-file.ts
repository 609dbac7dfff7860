import { constants, createReadStream } from 'node:fs';
import { access, readFile as readText, stat } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ImportFormat } from '../modules/products/import/row-batches.js';
import { ZLIB_CHUNK } from '../platform/files/file-bytes.js';
import { UnreadableFile } from '../platform/files/unreadable-file.js';

const FORMATS: Readonly<Record<string, ImportFormat>> = { csv: 'csv', ndjson: 'ndjson', jsonl: 'ndjson' };

/** What a file is, as its name says: CSV or NDJSON, with gzip around it where the name ends so. */
export function formatOf(path: string): { readonly format: ImportFormat; readonly compressed: boolean } {
  const [, extension = '', gz] = /\.([a-z]+)(\.gz)?$/i.exec(path) ?? [];
  const format = FORMATS[extension.toLowerCase()];
  if (format === undefined) {
    throw new UnreadableFile(0, 'The name must end in .csv, .ndjson or .jsonl, or one of these and .gz');
  }
  return { format, compressed: gz !== undefined };
}

/**
 * Sees that a file can be read.
 * @throws {UnreadableFile} where it is not there, is a folder or may not be read
 */
export async function checkFile(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    if ((await stat(path)).isDirectory()) throw new Error('it is a folder');
  } catch (error) {
    throw new UnreadableFile(0, `${path} cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** The bytes of a file, without its compression. */
export function readFile(path: string, compressed: boolean): Readable {
  const stream = createReadStream(path);
  return compressed ? pipeline(stream, createGunzip({ chunkSize: ZLIB_CHUNK }), () => undefined) : stream;
}

/** The text of a map: what a file of that name holds, or the text itself where it reads like a map. */
export async function readMap(given: string): Promise<string> {
  if (given.trimStart().startsWith('{') || given.includes('=')) return given;
  await checkFile(given);
  return readText(given, 'utf8');
}
