import { isCommonPassword } from './common-passwords.js';

const MIN_LENGTH = 8;
const MAX_LENGTH = 128;

const REQUIRED: readonly (readonly [RegExp, string])[] = [
  [/\p{Lu}/u, 'must hold an upper-case letter'],
  [/\p{Ll}/u, 'must hold a lower-case letter'],
  [/\p{Nd}/u, 'must hold a digit'],
  [/[\p{P}\p{S}]/u, 'must hold a special character, such as ! or #'],
];

/** A password as it is hashed: however a keyboard composes its accents, it is the same (NIST SP 800-63B, 3.1.1.2). */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** What is wrong with a new password, one message for each rule that it breaks; its length is in characters. */
export function passwordProblems(password: string): string[] {
  const normal = normalizePassword(password);
  const length = [...normal].length;
  if (length < MIN_LENGTH || length > MAX_LENGTH) return [`must have ${MIN_LENGTH} to ${MAX_LENGTH} characters`];
  const missing = REQUIRED.filter(([needed]) => !needed.test(normal)).map(([, message]) => message);
  if (missing.length > 0) return missing;
  return isCommonPassword(normal) ? ['is one of those that are tried first; choose another'] : [];
}
