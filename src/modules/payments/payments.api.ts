import { Injectable } from '@nestjs/common';
import { InvalidInput } from '../../common/domain-error.js';
import { TOO_LATE, within } from '../../common/within.js';
import { ManualProvider } from './manual.provider.js';
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
import { NoAnswer, PaymentProviderNotFound, PaymentProviderUnavailable } from './payments.errors.js';
import { SandboxProvider } from './sandbox.provider.js';
import { StripeProvider } from './stripe.provider.js';

export type {
  Charge,
  ChargeNews,
  ChargeOutcome,
  Delivery,
  DisputeNews,
  Finding,
  KnownCharge,
  ProviderEvent,
  RefundNews,
  RefundOutcome,
  Reversal,
  Taken,
} from './payment-provider.js';

/** How long a request waits for a charge; after that it tells of a pending payment. */
const PATIENCE_MS = 10_000;

/** The door to the payment providers. */
@Injectable()
export class PaymentsApi {
  private readonly providers: ReadonlyMap<string, PaymentProvider>;

  constructor(
    private readonly sandbox: SandboxProvider,
    stripe: StripeProvider,
    manual: ManualProvider,
  ) {
    this.providers = new Map([sandbox, stripe, manual].map((provider) => [provider.name, provider]));
  }

  /**
   * Refuses what no provider takes, before anything is written.
   * @param path where the request names the payment, '' at its top
   * @throws {InvalidInput} naming `provider` or `method`
   * @throws {PaymentProviderUnavailable} where this shop has no account with the provider
   */
  check(provider: string, method: string, path = ''): void {
    const found = this.providers.get(provider);
    if (found === undefined) throw InvalidInput.field(`${path}provider`, 'is not a payment provider of this shop');
    if (!found.available) throw new PaymentProviderUnavailable(provider, `${path}provider`);
    if (!found.accepts(method)) throw InvalidInput.field(`${path}method`, `is not a method of ${provider}`);
  }

  /** The provider's reference of a payment that it completes without asking anyone; undefined where it has to be asked. */
  completedAtOnce(provider: string, method: string, paymentId: string): string | undefined {
    const outcome = this.provider(provider).decided?.(method, paymentId);
    return outcome?.status === 'completed' ? outcome.reference : undefined;
  }

  /**
   * Asks the provider for the money. Safe to repeat: a payment's id is charged at most once.
   * @returns a pending outcome without a reference where there was no answer in time
   */
  async charge(provider: string, charge: Charge): Promise<ChargeOutcome> {
    // There is nothing to take, and providers have a least amount.
    if (charge.amount === 0n) return { status: 'completed', reference: `nothing_${charge.id}` };
    try {
      const outcome = await within(PATIENCE_MS, this.provider(provider).charge(charge));
      return outcome === TOO_LATE ? { status: 'pending', reference: null } : outcome;
    } catch (error) {
      if (error instanceof NoAnswer) return { status: 'pending', reference: null };
      throw error;
    }
  }

  /**
   * Asks the provider what became of a charge.
   * @throws {NoAnswer}
   */
  find(provider: string, charge: KnownCharge): Promise<Finding> {
    return this.provider(provider).find(charge);
  }

  /**
   * Keeps a charge from being completed, where that is still possible, and tells what became of it.
   * @throws {NoAnswer}
   */
  giveUp(provider: string, charge: KnownCharge): Promise<Finding> {
    return this.provider(provider).giveUp(charge);
  }

  /**
   * Asks the provider to give money back, or what became of that. Safe to repeat: a refund's id is paid out at most once.
   * @throws {NoAnswer}
   */
  refund(provider: string, reversal: Reversal): Promise<RefundOutcome> {
    return this.provider(provider).refund(reversal);
  }

  /** The refunds of a charge as the provider has them; none of a provider that cannot tell. */
  async refundsOf(provider: string, charge: string): Promise<RefundNews[]> {
    return (await this.provider(provider).refundsOf?.(charge)) ?? [];
  }

  /**
   * Checks and reads a webhook.
   * @throws {PaymentProviderNotFound} where no such provider sends any to this shop
   * @throws {WebhookSignatureInvalid}
   */
  readWebhook(provider: string, delivery: Delivery): ProviderEvent {
    const found = this.providers.get(provider);
    if (found?.readWebhook === undefined || !found.available) throw new PaymentProviderNotFound();
    return found.readWebhook(delivery);
  }

  /** Names who takes the webhooks that the sandbox sends by itself. */
  takeSandboxWebhooks(receive: (delivery: Delivery) => Promise<void>): void {
    this.sandbox.sendWebhooksTo(receive);
  }

  private provider(name: string): PaymentProvider {
    const provider = this.providers.get(name);
    if (provider === undefined) throw new Error(`There is no payment provider ${name}.`);
    return provider;
  }
}
