import { DomainError, InvalidInput, NotFound } from '../../common/domain-error.js';

/** A provider that this shop has no account with. */
export class PaymentProviderUnavailable extends DomainError {
  /** @param path where the request names the provider */
  constructor(provider: string, path: string) {
    const message = `Payments by ${provider} are not set up in this shop.`;
    super('conflict', 'payment_provider_unavailable', message, [{ path, message: 'is not set up in this shop' }]);
  }
}

/** No provider of that name sends webhooks to this shop. */
export class PaymentProviderNotFound extends NotFound {
  constructor() {
    super('payment_provider');
  }
}

/** A webhook that its provider has not signed, or not lately. */
export class WebhookSignatureInvalid extends InvalidInput {
  constructor(header: string, message: string) {
    super([{ path: header, message }], 'webhook_signature_invalid');
  }
}

/** A webhook that is signed, and yet makes no sense. */
export class WebhookUnreadable extends InvalidInput {
  constructor(path: string, message: string) {
    super([{ path, message }], 'webhook_unreadable');
  }
}

/** The provider did not answer, or could not say: the money may have been taken or not. To be asked again. */
export class NoAnswer extends Error {
  constructor(provider: string, cause?: unknown) {
    super(`${provider} gave no answer.`, { cause });
    this.name = 'NoAnswer';
  }
}
