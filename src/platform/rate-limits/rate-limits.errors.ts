import { DomainError } from '../../common/domain-error.js';

/** More requests than a limit allows, or more failed attempts; to be tried again after so many seconds. */
export class TooManyRequests extends DomainError {
  constructor(retryAfter: number, message = 'You have sent too many requests; try again later.') {
    super('rate_limited', 'rate_limited', message, [], { retryAfter });
  }
}
