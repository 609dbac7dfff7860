import { DomainError, NotFound } from '../../common/domain-error.js';

export class TaxRateNotFound extends NotFound {
  constructor() {
    super('tax_rate');
  }
}

/** There is a rate of this category for this place already. */
export class TaxRateTaken extends DomainError {
  constructor() {
    super('conflict', 'tax_rate_taken', 'There is a rate for this country, region and category already.', [
      { path: 'category', message: 'has a rate there already' },
    ]);
  }
}
