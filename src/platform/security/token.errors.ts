import { DomainError } from '../../common/domain-error.js';

/** Not a token of ours: malformed, forged, for another audience, or of another kind. */
export class TokenInvalid extends DomainError {
  constructor(credential = 'access token') {
    super('unauthenticated', 'token_invalid', `The ${credential} is not valid.`);
  }
}

/** A token of ours whose time is over. */
export class TokenExpired extends DomainError {
  constructor(credential = 'access token') {
    super('unauthenticated', 'token_expired', `The ${credential} has expired.`);
  }
}

/** A token of ours that was taken back before its time. */
export class TokenRevoked extends DomainError {
  constructor(credential = 'access token') {
    super('unauthenticated', 'token_revoked', `The ${credential} has been revoked.`);
  }
}
