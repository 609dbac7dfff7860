import { InvalidInput } from './domain-error.js';

/** An ISO 4217 code of a currency that Tradepost knows. */
export type CurrencyCode = string;

/** Currencies whose minor unit is not a hundredth (ISO 4217, list one). */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
}; // prettier-ignore

/** Largest amount that is accepted from outside, in minor units: sums of many still fit a PostgreSQL bigint. */
export const MAX_AMOUNT = 1_000_000_000_000n;

/** Number of digits after the decimal point in amounts of a currency. */
export function minorDigits(currency: CurrencyCode): number {
  return MINOR_DIGITS[currency] ?? 2;
}

/** Minor units as a decimal string with exactly the currency's digits: `2999n`, USD → `"29.99"`. */
export function formatMoney(minor: bigint, currency: CurrencyCode): string {
  const digits = minorDigits(currency);
  const negative = minor < 0n;
  const text = (negative ? -minor : minor).toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${negative ? '-' : ''}${digits === 0 ? text : `${whole}.${text.slice(-digits)}`}`;
}

/**
 * A decimal string, or a JSON number, as minor units. Never goes through floating-point arithmetic: a number is read
 * in the shortest decimal form that identifies it (ECMA-262, Number::toString).
 * @returns undefined where it is not a plain non-negative decimal with at most the currency's digits
 */
export function parseMinor(amount: string | number, currency: CurrencyCode): bigint | undefined {
  const match = /^(\d{1,16})(?:\.(\d+))?$/.exec(String(amount));
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  const digits = minorDigits(currency);
  if (fraction.length > digits) return undefined;
  const minor = BigInt(whole + fraction.padEnd(digits, '0'));
  return minor > MAX_AMOUNT ? undefined : minor;
}

/**
 * Like {@link parseMinor}, for input.
 * @throws {InvalidInput} naming the field
 */
export function parseMoney(amount: string | number, currency: CurrencyCode, path: string): bigint {
  const minor = parseMinor(amount, currency);
  if (minor === undefined) {
    const digits = minorDigits(currency);
    throw InvalidInput.field(path, `must be an amount of ${currency} from 0 with at most ${digits} decimal digits`);
  }
  return minor;
}
