import { randomBytes } from 'node:crypto';
import { hashToken } from '../../common/tokens.js';

/** How many a person gets: enough for the lost telephones of a few years. */
export const RECOVERY_CODES = 10;

/** What codes are written with (Crockford's base32): no letter that is taken for a digit. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 16;

/** Four groups of four, in whatever case, with or without hyphens. */
export const RECOVERY_CODE = /^[0-9a-z]{4}(?:-?[0-9a-z]{4}){3}$/i;

/** A code of 80 random bits, as its owner writes it down: `4g7x-0kqd-93vb-t1mz`. */
export function newRecoveryCode(): string {
  const letters = [...randomBytes(LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return letters.replaceAll(/.{4}(?=.)/g, '$&-');
}

/** What is kept of a code, however it is written. A plain hash is enough, since nobody can try 80 bits. */
export function hashRecoveryCode(code: string): Buffer {
  return hashToken(code.toLowerCase().replaceAll('-', ''));
}
