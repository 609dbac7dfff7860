import { DomainError } from '../../common/domain-error.js';

/** This shop has no OpenID provider. */
export class OidcNotConfigured extends DomainError {
  constructor() {
    super('not_found', 'oidc_not_configured', 'This shop has no sign-in with another provider.');
  }
}

/** The provider, or the person there, said no; or what it said cannot be trusted. */
export class OidcRefused extends DomainError {
  constructor() {
    super('unauthenticated', 'oidc_refused', 'The provider did not confirm who you are.');
  }
}

/** The provider does not answer, or not as it should. */
export class OidcUnavailable extends DomainError {
  constructor() {
    super('unavailable', 'oidc_unavailable', 'The provider cannot be reached at the moment; try again shortly.', [], {
      retryAfter: 10,
    });
  }
}
