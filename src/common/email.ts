import { domainToASCII } from 'node:url';

/** RFC 5321, section 4.5.3.1: octets of a local part, and of a path without its angle brackets. */
const MAX_LOCAL = 64;
const MAX_ADDRESS = 254;

// RFC 5322 atext, and the letters of other scripts (RFC 6531).
const LOCAL_PART = /^[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]+$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** An address as it is kept: compatibility forms, such as full-width letters, replaced by the usual ones. */
export function normalizeEmail(email: string): string {
  return email.trim().normalize('NFKC');
}

/**
 * An address as it is compared: lower case, its domain in ASCII (RFC 5891). Mail systems may tell case apart in local
 * parts; people do not, and two accounts that look alike would be a trap.
 */
export function emailKey(email: string): string {
  // Lower case writes the sigma at the end of a word in a way of its own.
  const folded = normalizeEmail(email).toLowerCase().replaceAll('ς', 'σ').normalize('NFKC');
  const [local, domain] = split(folded);
  return `${local}@${domainToASCII(domain) || domain}`;
}

/** Whether a text is the address of a mailbox at a public domain. */
export function isEmail(text: string): boolean {
  if (text.length > MAX_ADDRESS) return false;
  const [local, domain] = split(normalizeEmail(text));
  if (!LOCAL_PART.test(local) || local.startsWith('.') || local.endsWith('.') || local.includes('..')) return false;
  if (Buffer.byteLength(local) > MAX_LOCAL || Buffer.byteLength(`${local}@${domain}`) > MAX_ADDRESS) return false;
  const labels = domainToASCII(domain).split('.');
  const numeric = /^\d+$/.test(labels.at(-1) ?? '');
  return labels.length >= 2 && !numeric && labels.every((label) => LABEL.test(label));
}

function split(email: string): [local: string, domain: string] {
  const at = email.lastIndexOf('@');
  return at < 0 ? [email, ''] : [email.slice(0, at), email.slice(at + 1)];
}
