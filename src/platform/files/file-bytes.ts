import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { InvalidInput } from '../../common/domain-error.js';
import { UnreadableFile } from './unreadable-file.js';

/** Bytes that one piece of a kept file has, at least, but for the last. */
const CHUNK_BYTES = 524_288;
/** zlib's own default of 16 KiB makes eight times as many calls. */
export const ZLIB_CHUNK = 131_072;

/** Whether bytes begin as gzip does (RFC 1952, section 2.3.1). */
function looksGzipped(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The pieces of a stream, joined so that each but the last has `least` bytes or more; empty ones are left out. */
export async function* joined(source: AsyncIterable<Uint8Array>, least = CHUNK_BYTES): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of source) {
    parts.push(part);
    length += part.length;
    if (length < least) continue;
    yield Buffer.concat(parts, length);
    parts = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(parts, length);
}

/**
 * A file compressed: as it comes where it is already, else by gzip. Nothing at all stays nothing.
 * @param declared whether its sender says that it is compressed
 * @throws {InvalidInput} where that is not so
 */
export async function* compressed(source: AsyncIterable<Buffer>, declared: boolean): AsyncGenerator<Uint8Array> {
  const pieces = joined(source, 2);
  const first = await pieces.next();
  if (first.done === true) return;
  const whole = (async function* () {
    yield first.value;
    yield* pieces;
  })();
  if (looksGzipped(first.value)) yield* whole;
  else if (declared) throw InvalidInput.field('body', 'is not gzip');
  else yield* piped(whole, createGzip({ level: 1, chunkSize: ZLIB_CHUNK }));
}

/**
 * A compressed file without its compression.
 * @throws {UnreadableFile} where it has more than `most` bytes then
 */
export async function* unpacked(source: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const piece of piped(source, createGunzip({ chunkSize: ZLIB_CHUNK }))) {
    length += piece.length;
    if (length > most) {
      throw new UnreadableFile(0, `Without its compression the file is larger than ${most} bytes`, 'file_too_large');
    }
    yield piece;
  }
}

function piped(source: AsyncIterable<Uint8Array>, through: NodeJS.ReadWriteStream): AsyncIterable<Uint8Array> {
  // Failures of the source come out of the stream that is read.
  return pipeline(Readable.from(source, { objectMode: false }), through, () => undefined) as unknown as Readable;
}
