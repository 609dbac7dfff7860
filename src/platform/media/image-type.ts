/** What pictures may be uploaded as. SVG is not among them: it is a document that can carry scripts. */
export type ImageType = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif';

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
const JPEG = Buffer.from('ffd8ff', 'hex');

const ascii = (bytes: Buffer, start: number, end: number): string => bytes.toString('latin1', start, end);

/** Whether an ISO base media file (ISO/IEC 14496-12) names AVIF among the brands of its first box. */
function isAvif(bytes: Buffer): boolean {
  if (ascii(bytes, 4, 8) !== 'ftyp') return false;
  const end = Math.min(bytes.readUInt32BE(0), bytes.length, 256);
  for (let at = 8; at + 4 <= end; at += 4) {
    // Between the major brand and the compatible ones lies the minor version.
    if (at !== 12 && /^avi[fs]$/.test(ascii(bytes, at, at + 4))) return true;
  }
  return false;
}

/** What a file is by its first bytes, whatever its name and its sender say; undefined where it is none of the types. */
export function imageTypeOf(bytes: Buffer): ImageType | undefined {
  if (bytes.length < 12) return undefined;
  if (bytes.subarray(0, 3).equals(JPEG)) return 'jpeg';
  if (bytes.subarray(0, 8).equals(PNG)) return 'png';
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return 'gif';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'webp';
  return isAvif(bytes) ? 'avif' : undefined;
}
