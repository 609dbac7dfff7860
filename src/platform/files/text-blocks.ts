import { isUtf8 } from 'node:buffer';
import { UnreadableFile } from './unreadable-file.js';

/** Longest line, and longest CSV record, that is read: without a limit one stray quote would take the file in whole. */
export const MAX_LINE_BYTES = 1_048_576;

const LINE_FEED = 10;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Whole lines of a file, and the number of the first. */
export interface TextBlock {
  readonly bytes: Buffer;
  readonly firstLine: number;
}

/**
 * Cuts a file into blocks of whole lines and sees that they are UTF-8; a byte order mark is dropped.
 * @throws {UnreadableFile} where they are not, a line is too long, or the compression around them is damaged
 */
export async function* textBlocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<TextBlock> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  for await (const chunk of watched(source, () => line + countLines(rest))) {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = all.lastIndexOf(LINE_FEED) + 1;
    rest = all.subarray(end);
    if (rest.length > MAX_LINE_BYTES) throw tooLong(line + countLines(all));
    if (end === 0) continue;
    const bytes = all.subarray(0, end);
    yield* checked(bytes, line);
    line += countLines(bytes);
  }
  if (rest.length > 0) yield* checked(rest, line);
}

/** What zlib says of bytes that it cannot read; undefined where an error is about something else. */
function damageOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return undefined;
  return String(error.code).startsWith('Z_') ? String(error.message) : undefined;
}

/** Chunks of a source as buffers; what is wrong with its bytes is told with the line that was reached. */
async function* watched(source: AsyncIterable<Uint8Array>, reached: () => number): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  } catch (error) {
    if (error instanceof UnreadableFile) throw new UnreadableFile(reached(), error.message, error.code);
    const damage = damageOf(error);
    throw damage === undefined ? error : new UnreadableFile(reached(), `The file breaks off or is damaged (${damage})`);
  }
}

function tooLong(line: number): UnreadableFile {
  return new UnreadableFile(line, `A line is longer than ${MAX_LINE_BYTES} bytes`);
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
}

/** The block, if it is UTF-8; else its lines up to the one that is not. */
function* checked(block: Buffer, firstLine: number): Generator<TextBlock> {
  const marked = firstLine === 1 && block.subarray(0, 3).equals(BYTE_ORDER_MARK);
  const bytes = marked ? block.subarray(3) : block;
  if (isUtf8(bytes)) {
    yield { bytes, firstLine };
    return;
  }
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED) + 1; end > 0; end = bytes.indexOf(LINE_FEED, start) + 1) {
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end;
  }
  const good = bytes.subarray(0, start);
  if (start > 0) yield { bytes: good, firstLine };
  throw new UnreadableFile(firstLine + countLines(good), 'The file is not UTF-8; save it as UTF-8 and try again');
}
