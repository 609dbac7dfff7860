/**
 * Amounts as whole minor units (pence) in BigInt. The replay checks the application's money, so it shares none of its
 * code.
 */

const MINOR_DIGITS = 2;

/**
 * @param {string} text a decimal such as `2.55` or `18`
 * @returns {bigint | undefined} undefined for anything that is no amount of whole pence
 */
export function parseMinor(text) {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (match === null) return undefined;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > MINOR_DIGITS) return undefined;
  return BigInt(`${match[1]}${fraction.padEnd(MINOR_DIGITS, '0')}`);
}

/**
 * @param {bigint} minor not negative
 * @returns {string} with exactly two decimals
 */
export function formatMinor(minor) {
  const digits = minor.toString().padStart(MINOR_DIGITS + 1, '0');
  return `${digits.slice(0, -MINOR_DIGITS)}.${digits.slice(-MINOR_DIGITS)}`;
}
