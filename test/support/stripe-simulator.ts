import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import Stripe from 'stripe';

export const STRIPE_KEY = 'sk_test_simulated';
export const STRIPE_WEBHOOK_SECRET = 'whsec_simulated';

type Json = Record<string, unknown>;

/** A PaymentIntent as the simulator keeps it. */
export interface Intent {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  readonly currency: string;
  readonly created: number;
  readonly client_secret: string;
  readonly metadata: Record<string, string>;
  readonly payment_method: string;
  amount_received: number;
  status: string;
  last_payment_error: Json | null;
  cancellation_reason: string | null;
}

export interface SimulatedRefund {
  readonly id: string;
  readonly object: 'refund';
  readonly amount: number;
  readonly currency: string;
  readonly created: number;
  readonly payment_intent: string;
  readonly metadata: Record<string, string>;
  status: string;
  failure_reason?: string;
}

/** What goes wrong with the next requests that a fault is for. */
export interface Fault {
  /** `POST /v1/payment_intents`, for example. */
  readonly on: string;
  /** How many requests it is for; 1 without it. */
  readonly times?: number;
  /**
   * `reset`: the connection breaks after the effect. `refuse`: it breaks before. `hang`: the answer never comes, the
   * effect does. `late`: the answer comes a second after the effect. A number: answered with that status, without an effect.
   */
  readonly kind: 'reset' | 'refuse' | 'hang' | 'late' | number;
}

interface Kept {
  readonly params: string;
  /** Undefined while the first request is running. */
  answer: Answer | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: Json;
}

/** What a charge by a method comes to; every other method succeeds. */
const METHODS: Readonly<Record<string, (intent: Intent) => void>> = {
  pm_card_chargeDeclined: (intent) => decline(intent, 'generic_decline'),
  pm_card_insufficientFunds: (intent) => decline(intent, 'insufficient_funds'),
  pm_card_authenticationRequired: (intent) => {
    intent.status = 'requires_action';
  },
  pm_processing: (intent) => {
    intent.status = 'processing';
  },
};

const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

function decline(intent: Intent, reason: string): void {
  intent.status = 'requires_payment_method';
  const about = { type: 'card_error', code: 'card_declined', decline_code: reason };
  intent.last_payment_error = { ...about, message: 'Your card was declined.' };
}

const refusal = (status: number, code: string, type = 'invalid_request_error', more: Json = {}): Answer => ({
  status,
  body: { error: { type, code, message: code, ...more } },
});

/** Form fields with brackets, as the library sends them: `metadata[a]=b`. */
function metadataOf(form: URLSearchParams): Record<string, string> {
  const entries = [...form].flatMap(([name, value]) => {
    const key = /^metadata\[(\w+)\]$/.exec(name)?.[1];
    return key === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}

/** Stripe, as far as payments and refunds go: with its state, its idempotency, its webhooks and its bad days. */
export class StripeSimulator {
  readonly intents = new Map<string, Intent>();
  readonly refunds = new Map<string, SimulatedRefund>();
  /** `POST 200 /v1/refunds`, in the order of the answers; 0 for none. */
  readonly log: string[] = [];
  /** Milliseconds that every POST takes. */
  slowness = 0;
  /** What new refunds come to. */
  refundStatus = 'succeeded';
  url = '';
  /** Its clock, in milliseconds since the epoch. */
  now: () => number = Date.now;
  private readonly kept = new Map<string, Kept>();
  private readonly faults: (Fault & { left: number })[] = [];
  private readonly waiting: ((intent: Intent) => void)[] = [];
  private readonly server = createServer((request, reply) => void this.serve(request, reply));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  /** Settings of a shop that pays here. */
  get settings(): Record<string, string> {
    return { STRIPE_SECRET_KEY: STRIPE_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_API_BASE: this.url };
  }

  fail(fault: Fault): void {
    this.faults.push({ ...fault, left: fault.times ?? 1 });
  }

  /** Nothing goes wrong any more. */
  healthy(): void {
    this.faults.splice(0);
  }

  /** As Stripe does after a day or more. */
  forgetKeys(): void {
    this.kept.clear();
  }

  /** The next intent that is made, as soon as it is. */
  nextIntent(): Promise<Intent> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  intentsOf(saleId: string): Intent[] {
    return [...this.intents.values()].filter(({ metadata }) => metadata.tradepost_sale === saleId);
  }

  intentOf(saleId: string): Intent {
    const [intent, ...others] = this.intentsOf(saleId);
    if (intent === undefined || others.length > 0) throw new Error(`${others.length} more intents of the sale.`);
    return intent;
  }

  /** The customer, or their bank, completes what was pending; also what had failed, by the client secret. */
  succeed(intent: Intent, received = intent.amount): void {
    intent.status = 'succeeded';
    intent.amount_received = received;
  }

  failLater(intent: Intent): void {
    decline(intent, 'generic_decline');
  }

  settleRefund(refund: SimulatedRefund, status: 'succeeded' | 'failed'): void {
    refund.status = status;
    if (status === 'failed') refund.failure_reason = 'expired_or_canceled_card';
  }

  /** Somebody gives money back on the pages of Stripe. */
  refundByHand(intent: Intent, amount: number): SimulatedRefund {
    return this.makeRefund(intent, amount, {});
  }

  /** What a charge has taken and not given back, in Stripe's units. */
  balance({ id, amount_received: received }: Intent): number {
    const back = [...this.refunds.values()].filter((refund) => refund.payment_intent === id && isGiven(refund));
    return received - back.reduce((sum, { amount }) => sum + amount, 0);
  }

  /** An event about an object as it is now. */
  event(type: string, object: object, id = newId('evt')): { readonly id: string; readonly body: string } {
    const event = { id, object: 'event', type, created: this.seconds(), data: { object: structuredClone(object) } };
    return { id, body: JSON.stringify(event) };
  }

  /** Headers that Stripe signs a body with. */
  signed(body: string, secret = STRIPE_WEBHOOK_SECRET, at = Date.now()): Record<string, string> {
    const timestamp = Math.floor(at / 1_000);
    const header = Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp });
    return { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': header };
  }

  /** Delivers an event to a shop. */
  async deliver(shopUrl: string, { body }: { readonly body: string }): Promise<number> {
    const headers = this.signed(body);
    const answer = await fetch(`${shopUrl}/api/payments/webhooks/stripe`, { method: 'POST', headers, body });
    await answer.text();
    return answer.status;
  }

  private seconds(): number {
    return Math.floor(this.now() / 1_000);
  }

  private async serve(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => '');
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stripe');
    const route = `${request.method} ${pathname}`;
    const fault = this.faults.find(({ on, left }) => left > 0 && on === route);
    if (fault !== undefined) fault.left -= 1;
    if (fault?.kind === 'refuse') return this.end(reply, route, undefined);
    if (typeof fault?.kind === 'number') {
      const error = { error: { type: 'api_error', message: 'A bad day.' } };
      return this.end(reply, route, { status: fault.kind, body: error });
    }
    const form = new URLSearchParams(body);
    const answer = await this.answerOnce(request, pathname, form, searchParams);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'late') await delay(1_000);
    return this.end(reply, route, fault?.kind === 'reset' ? undefined : answer);
  }

  private end(reply: ServerResponse, route: string, answer: Answer | undefined): void {
    this.log.push(route.replace(' ', ` ${answer?.status ?? 0} `));
    if (answer === undefined) return void reply.destroy();
    const head = { 'content-type': 'application/json', 'request-id': newId('req') };
    reply.writeHead(answer.status, head).end(JSON.stringify(answer.body));
  }

  /** The same key with the same parameters is answered the same; with others, or while it is running, refused. */
  private async answerOnce(
    request: IncomingMessage,
    path: string,
    form: URLSearchParams,
    query: URLSearchParams,
  ): Promise<Answer> {
    if (request.headers.authorization !== `Bearer ${STRIPE_KEY}`) return refusal(401, 'api_key_invalid');
    if (request.method !== 'POST') return this.read(path, query);
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') return this.write(path, form);
    const params = createHash('sha256').update(`${path}?${form}`).digest('hex');
    const kept = this.kept.get(key);
    if (kept !== undefined) {
      if (kept.params !== params) return refusal(400, 'idempotency_key_in_use', 'idempotency_error');
      return kept.answer ?? refusal(409, 'idempotency_key_in_use');
    }
    const entry: Kept = { params, answer: undefined };
    this.kept.set(key, entry);
    const answer = await this.write(path, form);
    entry.answer = answer;
    return answer;
  }

  private read(path: string, query: URLSearchParams): Answer {
    const [, , kind, id] = path.split('/');
    if (id === undefined) return this.list(kind ?? '', query);
    const found = kind === 'refunds' ? this.refunds.get(id) : this.intents.get(id);
    if (found === undefined) return refusal(404, 'resource_missing');
    return { status: 200, body: structuredClone(found) as unknown as Json };
  }

  private list(kind: string, query: URLSearchParams): Answer {
    const since = Number(query.get('created[gte]') ?? 0);
    const of = query.get('payment_intent');
    const all: (Intent | SimulatedRefund)[] =
      kind === 'refunds' ? [...this.refunds.values()] : [...this.intents.values()];
    const wanted = all.filter(
      (one) => one.created >= since && (of === null || !('payment_intent' in one) || one.payment_intent === of),
    );
    const newest = wanted.reverse();
    const after = query.get('starting_after');
    const start = after === null ? 0 : newest.findIndex(({ id }) => id === after) + 1;
    const limit = Number(query.get('limit') ?? 10);
    const data = structuredClone(newest.slice(start, start + limit));
    return { status: 200, body: { object: 'list', url: `/v1/${kind}`, has_more: newest.length > start + limit, data } };
  }

  private async write(path: string, form: URLSearchParams): Promise<Answer> {
    if (this.slowness > 0) await delay(this.slowness);
    const [, , kind, id, act] = path.split('/');
    if (kind === 'refunds') return this.refund(form);
    if (id === undefined) return this.createIntent(form);
    const intent = this.intents.get(id);
    if (intent === undefined) return refusal(404, 'resource_missing');
    return act === 'cancel' ? cancel(intent) : refusal(404, 'unknown_route');
  }

  private createIntent(form: URLSearchParams): Answer {
    const amount = Number(form.get('amount'));
    const method = form.get('payment_method') ?? '';
    if (!Number.isSafeInteger(amount) || amount < 50) return refusal(400, 'amount_too_small');
    if (form.get('confirm') !== 'true' || method === 'pm_missing') return refusal(400, 'resource_missing');
    const id = newId('pi');
    const intent: Intent = {
      id,
      object: 'payment_intent',
      amount,
      currency: form.get('currency') ?? '',
      created: this.seconds(),
      client_secret: `${id}_secret_${randomBytes(8).toString('hex')}`,
      metadata: metadataOf(form),
      payment_method: method,
      amount_received: 0,
      status: 'requires_confirmation',
      last_payment_error: null,
      cancellation_reason: null,
    };
    const script = METHODS[method];
    if (script === undefined) this.succeed(intent);
    else script(intent);
    this.intents.set(id, intent);
    for (const tell of this.waiting.splice(0)) tell(intent);
    const { last_payment_error: error } = intent;
    if (error === null) return { status: 200, body: structuredClone(intent) as unknown as Json };
    return { status: 402, body: { error: { ...error, payment_intent: structuredClone(intent) } } };
  }

  private refund(form: URLSearchParams): Answer {
    const intent = this.intents.get(form.get('payment_intent') ?? '');
    const amount = Number(form.get('amount'));
    if (intent === undefined) return refusal(404, 'resource_missing');
    if (this.balance(intent) === 0) return refusal(400, 'charge_already_refunded');
    if (amount > this.balance(intent)) return refusal(400, 'amount_too_large');
    const refund = this.makeRefund(intent, amount, metadataOf(form));
    return { status: 200, body: structuredClone(refund) as unknown as Json };
  }

  private makeRefund(intent: Intent, amount: number, metadata: Record<string, string>): SimulatedRefund {
    const id = newId('re');
    const { currency, id: paid } = intent;
    const created = this.seconds();
    const status = this.refundStatus;
    const refund: SimulatedRefund = {
      id,
      object: 'refund',
      amount,
      currency,
      created,
      payment_intent: paid,
      metadata,
      status,
    };
    this.refunds.set(id, refund);
    return refund;
  }
}

function cancel(intent: Intent): Answer {
  if (['succeeded', 'canceled', 'processing'].includes(intent.status)) {
    return refusal(400, 'payment_intent_unexpected_state');
  }
  intent.status = 'canceled';
  return { status: 200, body: structuredClone(intent) as unknown as Json };
}

/** Whether a refund has left, or will. */
function isGiven({ status }: SimulatedRefund): boolean {
  return status !== 'failed' && status !== 'canceled';
}
