import type { FastifyInstance } from 'fastify';
import { InvalidInput } from '../../common/domain-error.js';

/** No request of this API nests deeper than a few levels; class-transformer overflows its stack on thousands. */
const MAX_DEPTH = 20;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Whether brackets nest deeper than allowed; those inside strings do not count. */
export function nestsTooDeep(text: string, max: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > max) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
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
      if (error === null || error === undefined) done(null, value);
      else done(new InvalidInput([{ path: 'body', message: 'must be valid JSON' }], 'malformed_json'));
    });
  });
}
