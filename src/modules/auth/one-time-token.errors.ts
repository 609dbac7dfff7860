import { InvalidInput } from '../../common/domain-error.js';

/** A token from a mail that was never given out, was used or replaced, or has expired: all are told alike. */
export class InvalidOneTimeToken extends InvalidInput {
  constructor() {
    super([{ path: 'token', message: 'is not valid, was used already, or has expired' }], 'invalid_token');
  }
}
