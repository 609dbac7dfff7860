import type { ChargeOutcome, DisputeNews, RefundNews, RefundOutcome, Taken } from './payment-provider.js';
import { fromStripeAmount } from './stripe-money.js';

/** What is read of a PaymentIntent. */
export interface IntentLike {
  readonly id: string;
  readonly status: string;
  readonly amount_received: number;
  readonly currency: string;
  readonly client_secret: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly last_payment_error?: { readonly code?: string; readonly decline_code?: string } | null;
  readonly cancellation_reason?: string | null;
}

/** What is read of a Refund. */
export interface RefundLike {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: string | null;
  readonly failure_reason?: string;
  readonly payment_intent: string | { readonly id: string } | null;
  readonly metadata: Readonly<Record<string, string>> | null;
}

/** What is read of a Dispute. */
export interface DisputeLike {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly created: number;
  readonly reason: string;
  readonly status: string;
  readonly payment_intent: string | { readonly id: string } | null;
  readonly evidence_details?: { readonly due_by?: number | null } | null;
}

/** Names of our ids in the metadata of objects at Stripe. */
export const METADATA = { payment: 'tradepost_payment', sale: 'tradepost_sale', refund: 'tradepost_refund' } as const;

export function takenOf(amount: number, currency: string): Taken {
  const code = currency.toUpperCase();
  return { amount: fromStripeAmount(amount, code), currency: code };
}

/**
 * What became of a charge by its PaymentIntent. A method that was refused may be tried again with the client secret,
 * which is given to nobody but who has to do something more; to this shop the charge has failed.
 */
export function outcomeOfIntent(intent: IntentLike): ChargeOutcome {
  const { id: reference, status } = intent;
  if (status === 'succeeded') {
    return { status: 'completed', reference, taken: takenOf(intent.amount_received, intent.currency) };
  }
  if (status === 'canceled') return { status: 'failed', failureCode: 'cancelled', reference };
  if (status === 'requires_payment_method') {
    const { decline_code: declined, code } = intent.last_payment_error ?? {};
    return { status: 'failed', failureCode: failureCode(code, declined), reference };
  }
  const secret = status === 'requires_action' ? intent.client_secret : null;
  return { status: 'pending', reference, ...(secret === null ? {} : { clientSecret: secret }) };
}

/** Stripe's code, with the bank's reason where it says more than that the card was declined. */
export function failureCode(code: string | undefined, declined: string | undefined): string {
  const says = declined !== undefined && declined !== 'generic_decline' ? declined : code;
  return says ?? 'payment_failed';
}

export function outcomeOfRefund({ id: reference, status, failure_reason: reason }: RefundLike): RefundOutcome {
  if (status === 'succeeded') return { status: 'completed', reference };
  if (status === 'failed') return { status: 'failed', failureCode: reason ?? 'refund_failed', reference };
  if (status === 'canceled') return { status: 'failed', failureCode: 'refund_cancelled', reference };
  return { status: 'pending', reference };
}

export function newsOfRefund(refund: RefundLike): RefundNews {
  const { payment_intent: intent } = refund;
  return {
    kind: 'refund',
    refundId: refund.metadata?.[METADATA.refund],
    reference: refund.id,
    charge: (typeof intent === 'string' ? intent : intent?.id) ?? undefined,
    given: takenOf(refund.amount, refund.currency),
    outcome: outcomeOfRefund(refund),
  };
}

/** @param toldAt seconds since the epoch; undefined of a dispute of what this shop cannot have made */
export function newsOfDispute(dispute: DisputeLike, toldAt: number): DisputeNews | undefined {
  const { id, amount, currency, reason, status, created, payment_intent: intent } = dispute;
  const charge = typeof intent === 'string' ? intent : intent?.id;
  if (charge === undefined) return undefined;
  const due = dispute.evidence_details?.due_by ?? null;
  return {
    kind: 'dispute',
    reference: id,
    charge,
    disputed: takenOf(amount, currency),
    reason,
    status,
    closed: CLOSED_DISPUTES.has(status),
    respondBy: due === null ? null : new Date(due * 1_000),
    openedAt: new Date(created * 1_000),
    toldAt: new Date(toldAt * 1_000),
  };
}

/** Those that nothing comes after. */
const CLOSED_DISPUTES: ReadonlySet<string> = new Set(['won', 'lost', 'warning_closed', 'prevented']);
