import { type CurrencyCode, minorDigits } from '../../common/money.js';

/**
 * Digits of the amounts that Stripe takes, where they are not two (https://docs.stripe.com/currencies). ISK and UGX
 * have no minor unit, and Stripe still counts them in hundredths; MGA has one, and Stripe has not.
 */
const STRIPE_DIGITS: Readonly<Record<CurrencyCode, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  MGA: 0,
  PYG: 0,
  RWF: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  JOD: 3,
  KWD: 3,
  OMR: 3,
  TND: 3,
  ISK: 2,
  UGX: 2,
};

/** Of currencies with three digits, Stripe takes amounts that end in 0. */
const STEP_OF_THREE_DIGITS = 10n;

const digitsOf = (currency: CurrencyCode): number => STRIPE_DIGITS[currency] ?? 2;

/**
 * Minor units as Stripe counts them.
 * @returns undefined where Stripe cannot take exactly that amount
 */
export function toStripeAmount(minor: bigint, currency: CurrencyCode): number | undefined {
  const digits = digitsOf(currency);
  const shift = digits - minorDigits(currency);
  const factor = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && minor % factor !== 0n) return undefined;
  const amount = shift < 0 ? minor / factor : minor * factor;
  if (digits === 3 && amount % STEP_OF_THREE_DIGITS !== 0n) return undefined;
  return amount > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(amount);
}

/**
 * What Stripe counts, as minor units of an ISO 4217 code in capitals. What has no minor units of ours, such as a half
 * krona, is rounded down: it equals no amount that was asked for.
 */
export function fromStripeAmount(amount: number, currency: CurrencyCode): bigint {
  const shift = digitsOf(currency) - minorDigits(currency);
  const factor = 10n ** BigInt(Math.abs(shift));
  return shift < 0 ? BigInt(amount) * factor : BigInt(amount) / factor;
}
