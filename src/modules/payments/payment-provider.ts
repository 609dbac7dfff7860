/** What a provider is asked to take. `id` is the payment's: providers make a charge at most once for it. */
export interface Charge {
  readonly id: string;
  /** The provider's method, for example a card token. */
  readonly method: string;
  /** Minor units. */
  readonly amount: bigint;
  readonly currency: string;
}

/** What a provider is asked to give back; `id` is the refund's. */
export interface Reversal {
  readonly id: string;
  /** The provider's reference of the charge. */
  readonly charge: string;
  readonly amount: bigint;
  readonly currency: string;
}

/** What became of a charge. A pending one is decided later, and told by a message of the provider. */
export type ChargeOutcome =
  | { readonly status: 'completed' | 'pending'; readonly reference: string }
  | { readonly status: 'failed'; readonly failureCode: string };

/** Whoever takes the money. No database transaction may be open while a provider is asked. */
export interface PaymentProvider {
  readonly name: string;
  accepts(method: string): boolean;
  /**
   * What becomes of a charge by this method where that is known without asking anyone, so that nothing can be lost
   * between the charge and its record. Undefined where it has to be {@link charge}d.
   */
  decided?(method: string, paymentId: string): ChargeOutcome | undefined;
  charge(charge: Charge): Promise<ChargeOutcome>;
  /** @returns the provider's reference of the refund */
  refund(reversal: Reversal): Promise<string>;
}
