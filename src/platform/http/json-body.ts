import type { FastifyInstance } from 'fastify';
import { InvalidInput } from '../../common/domain-error.js';

/** No request of this API nests deeper than a few levels; class-transformer overflows its stack on thousands. */
const MAX_DEPTH = 20;

const utf8 = new TextDecoder('utf-8', { fatal: true });

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Index of the quote that ends the string which starts at `start`; the end of the text where none does. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i;
    if (code === BACKSLASH) i += 1;
  }
  return text.length;
}

/** Whether brackets nest deeper than allowed; those inside strings do not count. */
export function nestsTooDeep(text: string, max: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) depth -= 1;
    if (depth > max) return true;
  }
  return false;
}

/** class-transformer drops this key in silence; like any unknown field it is refused. */
function namesConstructor(text: string, value: unknown): InvalidInput | null {
  if (!text.includes('constructor') || !holdsConstructor(value)) return null;
  return InvalidInput.field('constructor', 'is not a known field');
}

function holdsConstructor(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, 'constructor') || Object.values(value).some(holdsConstructor);
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new InvalidInput([{ path: 'body', message: 'must be UTF-8' }], 'malformed_json');
  }
}

/**
 * Reads JSON bodies: UTF-8, nested at most 20 deep, without `__proto__` or `constructor` keys. An empty body counts
 * as none. Every other content type is refused with 415.
 */
export function acceptJson(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const text = decode(body as Buffer);
    if (text.trim() === '') return done(null, undefined);
    if (nestsTooDeep(text, MAX_DEPTH)) {
      return done(new InvalidInput([{ path: 'body', message: `must not nest deeper than ${MAX_DEPTH}` }]));
    }
    return parse(request, text, (error, value) => {
      if (error === null || error === undefined) done(namesConstructor(text, value), value);
      else done(new InvalidInput([{ path: 'body', message: 'must be valid JSON' }], 'malformed_json'));
    });
  });
}
