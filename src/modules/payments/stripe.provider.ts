import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type Stripe from 'stripe';
import { Clock } from '../../common/clock.js';
import { momentOf } from '../../common/ids.js';
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
import { isRefusal, mayPass, REFUSES_SHOP, refusalOf, type StripeErrors } from './stripe.refusals.js';
import { readStripeWebhook } from './stripe.webhooks.js';
import { addressOf } from './stripe-account.js';
import { toStripeAmount } from './stripe-money.js';
import { METADATA, newsOfRefund, outcomeOfIntent, outcomeOfRefund } from './stripe-outcomes.js';

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
/** Ids of payment methods, and of cards and sources of the time before. */
const METHOD = /^(pm|card|src)_\w{1,95}$/;

/** Stripe's library, and the account of this shop. */
interface Account {
  readonly library: typeof Stripe;
  readonly stripe: Stripe;
}

/** Stripe, by PaymentIntents that are confirmed as they are made. */
@Injectable()
export class StripeProvider implements PaymentProvider, OnModuleInit {
  readonly name = 'stripe';
  private readonly logger = new Logger(StripeProvider.name);
  private account: Account | undefined;

  constructor(
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The library takes a tenth of a second to load, which shops without Stripe do not wait for. */
  async onModuleInit(): Promise<void> {
    const { STRIPE_SECRET_KEY: key } = this.config;
    const address = addressOf(this.config);
    if (key === undefined) return;
    const { default: library } = await import('stripe');
    // Repeats are decided here: the library leaves out 429, and has no bound in time.
    const settings = { maxNetworkRetries: 0, timeout: TIMEOUT_MS, telemetry: false, ...address };
    this.account = { library, stripe: new library(key, settings) };
  }

  get available(): boolean {
    return this.config.STRIPE_SECRET_KEY !== undefined;
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
      const refusal = refusalOf(this.errors, error);
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
      if (!isRefusal(this.errors, error)) throw error;
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
      if (!isRefusal(this.errors, error)) throw error;
      return { status: 'failed', failureCode: error.code ?? 'refund_refused' };
    }
  }

  async refundsOf(charge: string): Promise<RefundNews[]> {
    const page = await this.ask((stripe) => stripe.refunds.list({ payment_intent: charge, limit: 100 }));
    return page.data.map(newsOfRefund);
  }

  readWebhook(delivery: Delivery): ProviderEvent {
    return readStripeWebhook(this.loaded.library, delivery, this.config.STRIPE_WEBHOOK_SECRET);
  }

  private get loaded(): Account {
    if (this.account === undefined) throw new NoAnswer(this.name);
    return this.account;
  }

  private get errors(): StripeErrors {
    return this.loaded.library.errors;
  }

  /**
   * Stripe forgets idempotency keys after a day: what was asked for longer ago may have been made under one. The clock of
   * the shop may have been moved since; to look once too often does no harm.
   */
  private async refundMade(charge: string, id: string, since: Date): Promise<RefundNews | undefined> {
    const age = Math.max(this.clock.now().getTime() - since.getTime(), Date.now() - momentOf(id).getTime());
    if (age < KEYS_LAST_MS) return undefined;
    return (await this.refundsOf(charge)).find(({ refundId }) => refundId === id);
  }

  /**
   * The charge whose reference never came. Lists show it at once; the search of Stripe takes a minute and more. Stripe has
   * a clock of its own, so it is asked by the time at which the payment's id was made, not by that of the shop, which may
   * have been moved.
   */
  private search({ id }: KnownCharge): Promise<Stripe.PaymentIntent | undefined> {
    const created = { gte: Math.floor(momentOf(id).getTime() / 1_000) - CLOCK_SKEW };
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
    const { stripe, library } = this.loaded;
    const end = performance.now() + PATIENCE_MS;
    for (let pause = PAUSE_MS; ; pause *= 2) {
      try {
        return await question(stripe);
      } catch (error) {
        if (!mayPass(library.errors, error)) throw error;
        if (performance.now() + pause > end) throw new NoAnswer(this.name, error);
        await delay(pause * (0.5 + Math.random() / 2));
      }
    }
  }
}
