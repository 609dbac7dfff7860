import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import Stripe from 'stripe';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import type {
  Charge,
  ChargeOutcome,
  Delivery,
  Finding,
  KnownCharge,
  PaymentProvider,
  ProviderEvent,
  RefundNews,
  RefundOutcome,
  Reversal,
} from './payment-provider.js';
import { NoAnswer } from './payments.errors.js';
import { readStripeWebhook } from './stripe.webhooks.js';
import { addressOf } from './stripe-account.js';
import { toStripeAmount } from './stripe-money.js';
import { failureCode, METADATA, newsOfRefund, outcomeOfIntent, outcomeOfRefund } from './stripe-outcomes.js';

/** One request; with what follows, a customer waits no longer than {@link PATIENCE_MS}. */
const TIMEOUT_MS = 5_000;
/** How long a call is repeated under its idempotency key, and the first pause; each is twice the one before. */
const PATIENCE_MS = 8_000;
const PAUSE_MS = 200;
/** Charges made since the moment that one is looked for; beyond so many nothing is concluded from not finding it. */
const MOST_LOOKED_THROUGH = 2_000;
/** How far Stripe's clock may be behind ours, in seconds. */
const CLOCK_SKEW = 300;
/** For so long a repetition can rely on its idempotency key, with much to spare. */
const KEYS_LAST_MS = 3_600_000;
/** What a payment fails with where the shop, not the card, is refused. */
const REFUSES_SHOP = 'provider_refused';
/** Ids of payment methods, and of cards and sources of the time before. */
const METHOD = /^(pm|card|src)_\w{1,95}$/;

/** Stripe, by PaymentIntents that are confirmed as they are made. */
@Injectable()
export class StripeProvider implements PaymentProvider {
  readonly name = 'stripe';
  private readonly logger = new Logger(StripeProvider.name);
  private readonly stripe: Stripe | undefined;

  constructor(
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    const { STRIPE_SECRET_KEY: key } = config;
    const address = addressOf(config);
    // Repeats are decided here: the library leaves out 429, and has no bound in time.
    const settings = { maxNetworkRetries: 0, timeout: TIMEOUT_MS, telemetry: false, ...address };
    if (key !== undefined) this.stripe = new Stripe(key, settings);
  }

  get available(): boolean {
    return this.stripe !== undefined;
  }

  accepts(method: string): boolean {
    return METHOD.test(method);
  }

  async charge({ id, saleId, method, amount, currency }: Charge): Promise<ChargeOutcome> {
    const units = toStripeAmount(amount, currency);
    if (units === undefined) return { status: 'failed', failureCode: 'amount_not_chargeable' };
    const intent = {
      amount: units,
      currency: currency.toLowerCase(),
      payment_method: method,
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' as const },
      metadata: { [METADATA.payment]: id, [METADATA.sale]: saleId },
    };
    try {
      const made = await this.ask((stripe) => stripe.paymentIntents.create(intent, { idempotencyKey: id }));
      return outcomeOfIntent(made);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.failureCode === REFUSES_SHOP)
        this.logger.error({ err: error }, 'Stripe refuses the key of this shop.');
      return refusal;
    }
  }

  async find(charge: KnownCharge): Promise<Finding> {
    const { reference } = charge;
    if (reference !== null) {
      return outcomeOfIntent(await this.ask((stripe) => stripe.paymentIntents.retrieve(reference)));
    }
    const found = await this.search(charge);
    return found === undefined ? { status: 'absent' } : outcomeOfIntent(found);
  }

  async giveUp(charge: KnownCharge): Promise<Finding> {
    const reference = charge.reference ?? (await this.search(charge))?.id;
    if (reference === undefined) return { status: 'absent' };
    try {
      return outcomeOfIntent(await this.ask((stripe) => stripe.paymentIntents.cancel(reference)));
    } catch (error) {
      // What has succeeded, or is on its way, cannot be cancelled.
      if (!isRefusal(error)) throw error;
      return outcomeOfIntent(await this.ask((stripe) => stripe.paymentIntents.retrieve(reference)));
    }
  }

  async refund({ id, charge, amount, currency, reference, since }: Reversal): Promise<RefundOutcome> {
    if (reference !== null) return outcomeOfRefund(await this.ask((stripe) => stripe.refunds.retrieve(reference)));
    const earlier = await this.refundMade(charge, id, since);
    if (earlier !== undefined) return earlier.outcome;
    const units = toStripeAmount(amount, currency);
    if (units === undefined) return { status: 'failed', failureCode: 'amount_not_refundable' };
    const refund = { payment_intent: charge, amount: units, metadata: { [METADATA.refund]: id } };
    try {
      return outcomeOfRefund(await this.ask((stripe) => stripe.refunds.create(refund, { idempotencyKey: id })));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { status: 'failed', failureCode: error.code ?? 'refund_refused' };
    }
  }

  async refundsOf(charge: string): Promise<RefundNews[]> {
    const page = await this.ask((stripe) => stripe.refunds.list({ payment_intent: charge, limit: 100 }));
    return page.data.map(newsOfRefund);
  }

  readWebhook(delivery: Delivery): ProviderEvent {
    return readStripeWebhook(delivery, this.config.STRIPE_WEBHOOK_SECRET);
  }

  /** Stripe forgets idempotency keys after a day: what was asked for longer ago may have been made under one. */
  private async refundMade(charge: string, id: string, since: Date): Promise<RefundNews | undefined> {
    if (this.clock.now().getTime() - since.getTime() < KEYS_LAST_MS) return undefined;
    return (await this.refundsOf(charge)).find(({ refundId }) => refundId === id);
  }

  /** The charge whose reference never came. Lists show it at once; the search of Stripe takes a minute and more. */
  private search({ id, openedAt }: KnownCharge): Promise<Stripe.PaymentIntent | undefined> {
    const created = { gte: Math.floor(openedAt.getTime() / 1_000) - CLOCK_SKEW };
    return this.ask(async (stripe) => {
      let looked = 0;
      for await (const intent of stripe.paymentIntents.list({ created, limit: 100 })) {
        if (intent.metadata[METADATA.payment] === id) return intent;
        looked += 1;
        if (looked >= MOST_LOOKED_THROUGH) throw new NoAnswer(this.name);
      }
      return undefined;
    });
  }

  /** Asks until there is an answer, for a bounded time; the key of a POST makes that one effect. */
  private async ask<T>(question: (stripe: Stripe) => Promise<T>): Promise<T> {
    if (this.stripe === undefined) throw new NoAnswer(this.name);
    const end = performance.now() + PATIENCE_MS;
    for (let pause = PAUSE_MS; ; pause *= 2) {
      try {
        return await question(this.stripe);
      } catch (error) {
        if (!mayPass(error)) throw error;
        if (performance.now() + pause > end) throw new NoAnswer(this.name, error);
        await delay(pause * (0.5 + Math.random() / 2));
      }
    }
  }
}

/** Whether the next answer may be another one: the network, Stripe itself, a lock, or too many requests. */
function mayPass(error: unknown): boolean {
  if (error instanceof Stripe.errors.StripeConnectionError) return true;
  if (!(error instanceof Stripe.errors.StripeError)) return false;
  const { statusCode = 0 } = error;
  return statusCode >= 500 || statusCode === 409 || statusCode === 429;
}

/** Whether Stripe has said no to this very request. */
function isRefusal(error: unknown): error is Stripe.errors.StripeError {
  return error instanceof Stripe.errors.StripeInvalidRequestError;
}

/** Nothing was taken: the card was declined, or the request is one that Stripe does not carry out. */
function refusalOf(error: unknown): Extract<ChargeOutcome, { status: 'failed' }> {
  const { StripeAuthenticationError, StripeCardError, StripeIdempotencyError, StripePermissionError } = Stripe.errors;
  // Something was made under this key, with other parameters: what, has to be looked for.
  if (error instanceof StripeIdempotencyError) throw new NoAnswer('stripe', error);
  if (error instanceof StripeAuthenticationError || error instanceof StripePermissionError) {
    return { status: 'failed', failureCode: REFUSES_SHOP };
  }
  if (!(error instanceof StripeCardError || isRefusal(error))) throw error;
  const reference = error.payment_intent?.id;
  const failed = { status: 'failed', failureCode: failureCode(error.code, error.decline_code) } as const;
  return reference === undefined ? failed : { ...failed, reference };
}
