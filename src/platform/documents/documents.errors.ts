import { DomainError } from '../../common/domain-error.js';

/** More documents wait to be printed than can be within the time that a client would wait. */
export class PrintingBusy extends DomainError {
  constructor() {
    super('unavailable', 'busy', 'Too many documents are being made at the moment; try again shortly.', [], {
      retryAfter: 5,
    });
  }
}
