import type Stripe from 'stripe';
import type { Delivery, ProviderEvent } from './payment-provider.js';
import { WebhookSignatureInvalid, WebhookUnreadable } from './payments.errors.js';
import { refuseOld, TOLERANCE_SECONDS } from './standard-webhooks.js';
import { METADATA, newsOfDispute, newsOfRefund, outcomeOfIntent } from './stripe-outcomes.js';

const HEADER = 'stripe-signature';

/**
 * Reads a webhook of Stripe, checked by its own library on the bytes as they came.
 * @throws {WebhookSignatureInvalid} also where the shop has no secret to check it with
 */
export function readStripeWebhook(
  library: typeof Stripe,
  delivery: Delivery,
  secret: string | undefined,
): ProviderEvent {
  const event = verified(library, delivery, secret);
  const { id, type } = event;
  return { id, type, news: newsOf(event) };
}

function verified(
  library: typeof Stripe,
  { headers, body, receivedAt }: Delivery,
  secret: string | undefined,
): Stripe.Event {
  const header = headers[HEADER];
  if (secret === undefined) throw new WebhookSignatureInvalid(HEADER, 'cannot be checked: the shop has no secret set');
  if (typeof header !== 'string' || header === '') throw new WebhookSignatureInvalid(HEADER, 'is missing');
  // The library refuses what is old, and takes what is signed for a time to come.
  refuseOld(HEADER, Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(header)?.[1] ?? 0), receivedAt);
  try {
    const now = receivedAt.getTime();
    return library.webhooks.constructEvent(body, header, secret, TOLERANCE_SECONDS, undefined, now);
  } catch (error) {
    if (error instanceof SyntaxError) throw new WebhookUnreadable('body', 'must be valid JSON');
    if (!(error instanceof library.errors.StripeSignatureVerificationError)) throw error;
    throw new WebhookSignatureInvalid(HEADER, 'does not match the body');
  }
}

function newsOf(event: Stripe.Event): ProviderEvent['news'] {
  switch (event.type) {
    case 'payment_intent.succeeded':
    case 'payment_intent.processing':
    case 'payment_intent.requires_action':
    case 'payment_intent.payment_failed':
    case 'payment_intent.canceled': {
      const intent = event.data.object;
      const paymentId = intent.metadata[METADATA.payment];
      return { kind: 'charge', paymentId, reference: intent.id, outcome: outcomeOfIntent(intent) };
    }
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
      return newsOfRefund(event.data.object);
    case 'charge.refunded': {
      const { payment_intent: intent } = event.data.object;
      const charge = typeof intent === 'string' ? intent : intent?.id;
      return charge === undefined ? undefined : { kind: 'refunds', charge };
    }
    case 'charge.dispute.created':
    case 'charge.dispute.updated':
    case 'charge.dispute.closed':
    case 'charge.dispute.funds_withdrawn':
    case 'charge.dispute.funds_reinstated':
      return newsOfDispute(event.data.object, event.created);
    default:
      return undefined;
  }
}
