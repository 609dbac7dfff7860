import { Injectable } from '@nestjs/common';
import { InvalidInput } from '../../common/domain-error.js';
import { ManualProvider } from './manual.provider.js';
import type { Charge, ChargeOutcome, PaymentProvider, Reversal } from './payment-provider.js';
import { SandboxProvider } from './sandbox.provider.js';

export type { Charge, ChargeOutcome, Reversal } from './payment-provider.js';

/** The door to the payment providers. */
@Injectable()
export class PaymentsApi {
  private readonly providers: ReadonlyMap<string, PaymentProvider>;

  constructor(sandbox: SandboxProvider, manual: ManualProvider) {
    this.providers = new Map([sandbox, manual].map((provider) => [provider.name, provider]));
  }

  /**
   * Refuses what no provider takes, before anything is written.
   * @param path where the request names the payment, '' at its top
   * @throws {InvalidInput} naming `provider` or `method`
   */
  check(provider: string, method: string, path = ''): void {
    const found = this.providers.get(provider);
    if (found === undefined) throw InvalidInput.field(`${path}provider`, 'is not a payment provider of this shop');
    if (!found.accepts(method)) throw InvalidInput.field(`${path}method`, `is not a method of ${provider}`);
  }

  /** The provider's reference of a payment that it completes without asking anyone; undefined where it has to be asked. */
  completedAtOnce(provider: string, method: string, paymentId: string): string | undefined {
    const outcome = this.provider(provider).decided?.(method, paymentId);
    return outcome?.status === 'completed' ? outcome.reference : undefined;
  }

  /** Asks the provider for the money. Safe to repeat: a payment's id is charged at most once. */
  charge(provider: string, charge: Charge): Promise<ChargeOutcome> {
    return this.provider(provider).charge(charge);
  }

  /**
   * Asks the provider to give money back. Safe to repeat: a refund's id is paid out at most once.
   * @returns the provider's reference
   */
  refund(provider: string, reversal: Reversal): Promise<string> {
    return this.provider(provider).refund(reversal);
  }

  private provider(name: string): PaymentProvider {
    const provider = this.providers.get(name);
    if (provider === undefined) throw new Error(`There is no payment provider ${name}.`);
    return provider;
  }
}
