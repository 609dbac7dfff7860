import { DomainError, NotFound } from '../../common/domain-error.js';

/** There is no such address, or it is someone else's. */
export class DeliveryAddressNotFound extends NotFound {
  constructor() {
    super('delivery_address');
  }
}

/** The customer keeps as many addresses as anyone may. */
export class TooManyDeliveryAddresses extends DomainError {
  constructor(limit: number) {
    super('conflict', 'too_many_delivery_addresses', `You keep ${limit} addresses already; delete one first.`, [], {
      limit,
    });
  }
}
