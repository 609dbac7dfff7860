import { DomainError, InvalidInput, NotFound } from '../../common/domain-error.js';

export class ShippingMethodNotFound extends NotFound {
  constructor() {
    super('shipping_method');
  }
}

/** Another method has this code. */
export class ShippingCodeTaken extends DomainError {
  constructor() {
    super('conflict', 'shipping_code_taken', 'Another shipping method has this code.', [
      { path: 'code', message: 'is the code of another shipping method' },
    ]);
  }
}

/** A request names a method that there is not, or that does not serve this country or this parcel. */
export class ShippingMethodUnavailable extends InvalidInput {
  /** @param country ISO 3166-1; @param available codes of those that would do */
  constructor(country: string, available: readonly string[]) {
    const message = `is no shipping method for what is bought and ${country}`;
    super([{ path: 'shippingMethod', message, available }], 'shipping_method_unavailable');
  }
}

/** The shop has shipping methods, and none of them goes there. */
export class NothingShips extends DomainError {
  constructor(country: string) {
    const message = `Nothing of this size is sent to ${country}.`;
    const problem = { path: 'deliveryAddress.country', message: 'is served by no shipping method', country };
    super('conflict', 'shipping_method_unavailable', message, [problem]);
  }
}
