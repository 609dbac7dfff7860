import type Stripe from 'stripe';
import type { ChargeOutcome } from './payment-provider.js';
import { NoAnswer } from './payments.errors.js';
import { failureCode } from './stripe-outcomes.js';

/** What a payment fails with where the shop, not the card, is refused. */
export const REFUSES_SHOP = 'provider_refused';

/** The classes of errors of Stripe's library, which is loaded only where it is needed. */
export type StripeErrors = typeof Stripe.errors;

/** Whether the next answer may be another one: the network, Stripe itself, a lock, or too many requests. */
export function mayPass(errors: StripeErrors, error: unknown): boolean {
  if (error instanceof errors.StripeConnectionError) return true;
  if (!(error instanceof errors.StripeError)) return false;
  const { statusCode = 0 } = error;
  return statusCode >= 500 || statusCode === 409 || statusCode === 429;
}

/** Whether Stripe has said no to this very request. */
export function isRefusal(errors: StripeErrors, error: unknown): error is Stripe.errors.StripeError {
  return error instanceof errors.StripeInvalidRequestError;
}

/**
 * What an error of a charge says: nothing was taken, for the card was declined, or the request is one that Stripe does
 * not carry out.
 * @throws {NoAnswer} where something was made under the same key with other parameters: what, has to be looked for
 */
export function refusalOf(errors: StripeErrors, error: unknown): Extract<ChargeOutcome, { status: 'failed' }> {
  if (error instanceof errors.StripeIdempotencyError) throw new NoAnswer('stripe', error);
  if (error instanceof errors.StripeAuthenticationError || error instanceof errors.StripePermissionError) {
    return { status: 'failed', failureCode: REFUSES_SHOP };
  }
  if (!(error instanceof errors.StripeCardError || isRefusal(errors, error))) throw error;
  const reference = error.payment_intent?.id;
  const failed = { status: 'failed', failureCode: failureCode(error.code, error.decline_code) } as const;
  return reference === undefined ? failed : { ...failed, reference };
}
