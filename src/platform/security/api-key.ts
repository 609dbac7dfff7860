import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { newToken } from '../../common/tokens.js';

// Fixed lengths, since base64url has the underscore too.
const KEY = /^(tp_[\da-f]{12})_[\w-]{43}$/;

/** A new key: a prefix that may be shown, and a secret of 256 random bits. */
export function newApiKey(): { readonly prefix: string; readonly key: string } {
  const prefix = `tp_${randomBytes(6).toString('hex')}`;
  return { prefix, key: `${prefix}_${newToken()}` };
}

/** The prefix of a text that has the shape of a key. */
export function prefixOf(text: string): string | undefined {
  return KEY.exec(text)?.[1];
}

/** What a request holds in its `x-api-key` header; undefined where it has none. */
export function apiKeyOf({ headers }: { readonly headers: IncomingHttpHeaders }): string | undefined {
  const header = headers['x-api-key'];
  if (header === undefined || header === '') return undefined;
  return typeof header === 'string' ? header : header.join(', ');
}
