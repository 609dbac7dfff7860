import { createHash, randomBytes } from 'node:crypto';

/** A new secret for a client to keep: 256 random bits, base64url, 43 characters. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * The SHA-256 of a token: what the database keeps. A plain hash is enough, since the token has 256 random bits and
 * cannot be guessed from it.
 */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Whether a text has the shape of a {@link newToken}. */
export function isToken(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}
