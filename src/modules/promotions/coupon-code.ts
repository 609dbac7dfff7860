/** Most characters of a coupon code. */
export const CODE_MAX = 40;

/** A code as it is kept and compared: case, white space around it and compatible forms of characters do not matter. */
export function normalizeCode(code: string): string {
  return code.normalize('NFKC').trim().toUpperCase();
}

/** Whether a normalized code may be one: what people can read to each other on the telephone. */
export function isCode(code: string): boolean {
  return code.length <= CODE_MAX && /^[A-Z0-9]+(?:[-_][A-Z0-9]+)*$/.test(code);
}
