import type { FastifyInstance } from 'fastify';
import { DomainError, InvalidInput } from '../../common/domain-error.js';
import { takesRawJson } from './raw-body.js';

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

class UnsupportedEncoding extends DomainError {
  constructor() {
    super('unsupported', 'unsupported_media_type', 'A body must come without Content-Encoding.');
  }
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new InvalidInput([{ path: 'body', message: 'must be UTF-8' }], 'malformed_json');
  }
}

/**
 * Reads JSON bodies: UTF-8, nested at most 20 deep, without `__proto__` keys. An empty body counts as none. Every other
 * content type, and a compressed body (RFC 9110, section 15.5.16), is refused with 415.
 */
export function acceptJson(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding.toLowerCase() !== 'identity') return done(new UnsupportedEncoding());
    if (takesRawJson(request)) return done(null, body);
    const text = decode(body as Buffer);
    if (text.trim() === '') return done(null, undefined);
    if (nestsTooDeep(text, MAX_DEPTH)) {
      return done(new InvalidInput([{ path: 'body', message: `must not nest deeper than ${MAX_DEPTH}` }]));
    }
    return parse(request, text, (error, value) => {
      if (error === null || error === undefined) done(null, value);
      else done(new InvalidInput([{ path: 'body', message: 'must be valid JSON' }], 'malformed_json'));
    });
  });
}
