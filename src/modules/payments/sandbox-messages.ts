import { type CurrencyCode, formatMoney, parseMinor } from '../../common/money.js';
import type { ChargeNews, ChargeOutcome, ProviderEvent, RefundNews, RefundOutcome, Taken } from './payment-provider.js';
import { WebhookUnreadable } from './payments.errors.js';
import { referenceOf } from './sandbox-script.js';

/** What the sandbox says in a webhook. Amounts are decimal strings, as everywhere in this API. */
export interface SandboxMessage {
  readonly type: string;
  readonly data: {
    readonly paymentId?: string;
    readonly refundId?: string;
    readonly amount?: string;
    readonly currency?: string;
    readonly failureCode?: string;
  };
}

/** Tells what became of a charge. */
export function chargeMessage(paymentId: string, outcome: ChargeOutcome): SandboxMessage {
  if (outcome.status === 'failed') {
    return { type: 'payment.failed', data: { paymentId, failureCode: outcome.failureCode } };
  }
  const taken = outcome.status === 'completed' ? outcome.taken : undefined;
  const money = taken && { amount: formatMoney(taken.amount, taken.currency), currency: taken.currency };
  return { type: `payment.${outcome.status}`, data: { paymentId, ...money } };
}

/** Tells what became of a refund. */
export function refundMessage(refundId: string, given: Taken, status: 'completed' | 'failed'): SandboxMessage {
  const data = { refundId, amount: formatMoney(given.amount, given.currency), currency: given.currency };
  return status === 'completed'
    ? { type: 'refund.completed', data }
    : { type: 'refund.failed', data: { ...data, failureCode: 'refund_declined' } };
}

/**
 * Reads a webhook of the sandbox whose signature is good.
 * @param id of the event
 * @throws {WebhookUnreadable} naming what makes no sense
 */
export function readMessage(id: string, body: Buffer): ProviderEvent {
  const message = objectOf('body', parsed(body));
  const type = textOf('type', message.type);
  const data = objectOf('data', message.data);
  if (type.startsWith('payment.')) return { id, type, news: chargeNews(type, data) };
  if (type.startsWith('refund.')) return { id, type, news: refundNews(type, data) };
  return { id, type, news: undefined };
}

type Data = Readonly<Record<string, unknown>>;

function chargeNews(type: string, data: Data): ChargeNews | undefined {
  const paymentId = textOf('data.paymentId', data.paymentId).toLowerCase();
  const reference = referenceOf(paymentId);
  const outcome = chargeOutcome(type, reference, data);
  return outcome && { kind: 'charge', paymentId, reference, outcome };
}

function chargeOutcome(type: string, reference: string, data: Data): ChargeOutcome | undefined {
  if (type === 'payment.pending') return { status: 'pending', reference };
  if (type === 'payment.failed') return { status: 'failed', failureCode: failureOf(data), reference };
  if (type !== 'payment.completed') return undefined;
  const taken = moneyOf(data);
  return taken === undefined ? { status: 'completed', reference } : { status: 'completed', reference, taken };
}

function refundNews(type: string, data: Data): RefundNews | undefined {
  const refundId = textOf('data.refundId', data.refundId).toLowerCase();
  const reference = referenceOf(refundId);
  const outcome = refundOutcome(type, reference, data);
  const given = moneyOf(data) ?? { amount: 0n, currency: '' };
  return outcome && { kind: 'refund', refundId, reference, charge: undefined, given, outcome };
}

function refundOutcome(type: string, reference: string, data: Data): RefundOutcome | undefined {
  if (type === 'refund.completed') return { status: 'completed', reference };
  return type === 'refund.failed' ? { status: 'failed', failureCode: failureOf(data), reference } : undefined;
}

function moneyOf({ amount, currency }: Data): Taken | undefined {
  if (amount === undefined && currency === undefined) return undefined;
  const code: CurrencyCode = textOf('data.currency', currency);
  if (!/^[A-Z]{3}$/.test(code)) throw new WebhookUnreadable('data.currency', 'must be an ISO 4217 code');
  const minor = parseMinor(textOf('data.amount', amount), code);
  if (minor === undefined) throw new WebhookUnreadable('data.amount', `must be an amount of ${code}`);
  return { amount: minor, currency: code };
}

const failureOf = ({ failureCode }: Data): string =>
  typeof failureCode === 'string' && /^\w{1,100}$/.test(failureCode) ? failureCode : 'failed';

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new WebhookUnreadable('body', 'must be valid JSON');
  }
}

function objectOf(path: string, value: unknown): Data {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WebhookUnreadable(path, 'must be an object');
  }
  return value as Data;
}

function textOf(path: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= 200) return value;
  throw new WebhookUnreadable(path, 'must be a text');
}
