import { NotFound } from '../../common/domain-error.js';

export class InvoiceNotFound extends NotFound {
  constructor() {
    super('invoice');
  }
}
