import { DomainError, NotFound } from '../../common/domain-error.js';

export class InvoiceNotFound extends NotFound {
  constructor() {
    super('invoice');
  }
}

/** Another process has issued the invoice; it can be found. */
export class AlreadyInvoiced extends DomainError {
  constructor() {
    super('conflict', 'already_invoiced', 'This has been invoiced already.');
  }
}
