/** What a provider is asked to take. `id` is the payment's: providers make a charge at most once for it. */
export interface Charge {
  readonly id: string;
  readonly saleId: string;
  /** The provider's method, for example a card token. */
  readonly method: string;
  /** Minor units. */
  readonly amount: bigint;
  readonly currency: string;
}

/** A charge that was asked for before. */
export interface KnownCharge extends Charge {
  /** The provider's reference; null where its answer never came. */
  readonly reference: string | null;
  readonly openedAt: Date;
}

/** What a provider is asked to give back; `id` is the refund's: providers pay it out at most once. */
export interface Reversal {
  readonly id: string;
  /** The provider's reference of the charge. */
  readonly charge: string;
  /** The method of the charge. */
  readonly method: string;
  /** Minor units. */
  readonly amount: bigint;
  readonly currency: string;
  /** The provider's reference of the refund, where it has been asked for it before and answered. */
  readonly reference: string | null;
  /** Since when the refund is wanted. */
  readonly since: Date;
}

/** Money that a provider has taken. */
export interface Taken {
  /** Minor units. */
  readonly amount: bigint;
  readonly currency: string;
}

/**
 * What became of a charge. A pending one is decided later, and told by a webhook or when the provider is asked again;
 * its reference is null where the provider has not answered at all. `taken` is told where the provider says what it
 * took; without it that is what was asked for.
 */
export type ChargeOutcome =
  | { readonly status: 'completed'; readonly reference: string; readonly taken?: Taken }
  | { readonly status: 'pending'; readonly reference: string | null; readonly clientSecret?: string }
  | { readonly status: 'failed'; readonly failureCode: string; readonly reference?: string };

/** What a provider knows of a charge; `absent` where it never heard of it. */
export type Finding = ChargeOutcome | { readonly status: 'absent' };

/** What became of a refund. */
export type RefundOutcome =
  | { readonly status: 'completed' | 'pending'; readonly reference: string }
  | { readonly status: 'failed'; readonly failureCode: string; readonly reference?: string };

/** A webhook as it came in. */
export interface Delivery {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body, byte by byte: what the signature is about. */
  readonly body: Buffer;
  /** By the clock of the machine, also where the shop’s was moved: providers have clocks of their own. */
  readonly receivedAt: Date;
}

/** What a provider tells of a charge. It names our payment, or only its own reference of it. */
export interface ChargeNews {
  readonly kind: 'charge';
  readonly paymentId: string | undefined;
  readonly reference: string;
  readonly outcome: ChargeOutcome;
}

/** What a provider tells of a refund; one that was made at the provider has none of our ids. */
export interface RefundNews {
  readonly kind: 'refund';
  readonly refundId: string | undefined;
  readonly reference: string;
  /** The provider's reference of the charge, where it tells. */
  readonly charge: string | undefined;
  readonly given: Taken;
  readonly outcome: RefundOutcome;
}

/** Refunds of a charge have changed; which, the provider has to be asked. */
export interface RefundsChanged {
  readonly kind: 'refunds';
  readonly charge: string;
}

/** A customer has told the bank that a charge was not right; the bank decides, and the provider tells. */
export interface DisputeNews {
  readonly kind: 'dispute';
  /** The provider's reference of the dispute. */
  readonly reference: string;
  /** The provider's reference of the charge. */
  readonly charge: string;
  readonly disputed: Taken;
  /** As the provider names it, for example `fraudulent`. */
  readonly reason: string;
  /** As the provider names it, for example `needs_response`. */
  readonly status: string;
  /** Whether it is decided. */
  readonly closed: boolean;
  /** Until when the provider takes evidence. */
  readonly respondBy: Date | null;
  readonly openedAt: Date;
  /** Of which moment this is the news. */
  readonly toldAt: Date;
}

/** A webhook whose signature is good. */
export interface ProviderEvent {
  /** The provider's id of it: the same in every delivery. */
  readonly id: string;
  readonly type: string;
  /** Undefined where it is about nothing that matters here. */
  readonly news: ChargeNews | RefundNews | DisputeNews | RefundsChanged | undefined;
}

/** Whoever takes the money. No database transaction may be open while a provider is asked. */
export interface PaymentProvider {
  readonly name: string;
  /** Whether it can be asked: it has what it needs, such as a key. */
  readonly available: boolean;
  accepts(method: string): boolean;
  /**
   * What becomes of a charge by this method where that is known without asking anyone, so that nothing can be lost
   * between the charge and its record. Undefined where it has to be {@link charge}d.
   */
  decided?(method: string, paymentId: string): ChargeOutcome | undefined;
  /** @throws {NoAnswer} where nobody can tell whether the money was taken */
  charge(charge: Charge): Promise<ChargeOutcome>;
  /**
   * What became of a charge.
   * @throws {NoAnswer}
   */
  find(charge: KnownCharge): Promise<Finding>;
  /**
   * Keeps a charge from being completed, where that is still possible.
   * @returns what became of it: `completed` where it was too late
   * @throws {NoAnswer}
   */
  giveUp(charge: KnownCharge): Promise<Finding>;
  /**
   * Pays a refund out, or tells what became of it.
   * @throws {NoAnswer}
   */
  refund(reversal: Reversal): Promise<RefundOutcome>;
  /** The refunds of a charge, as {@link RefundsChanged} asks for. */
  refundsOf?(charge: string): Promise<RefundNews[]>;
  /**
   * Reads a webhook. Undefined of a provider that sends none.
   * @throws {WebhookSignatureInvalid}
   */
  readWebhook?(delivery: Delivery): ProviderEvent;
}
