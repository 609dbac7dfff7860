import { DomainError, InvalidInput } from '../../common/domain-error.js';

/** No such account, a wrong password, or an account that is closed: the three are told alike. */
export class InvalidCredentials extends DomainError {
  constructor() {
    super('unauthenticated', 'invalid_credentials', 'The account or the password is not right.');
  }
}

/** More passwords wait to be hashed than can be within the time that a client would wait. */
export class PasswordHashingBusy extends DomainError {
  constructor() {
    super('unavailable', 'busy', 'Too many people are logging in at the moment; try again shortly.', [], {
      retryAfter: 5,
    });
  }
}

/** A password that breaks the rules, with one problem for each that it breaks. */
export class UnacceptablePassword extends InvalidInput {
  constructor(path: string, messages: readonly string[]) {
    super(messages.map((message) => ({ path, message })));
  }
}

/** The password is right, and the account has a second factor that was not shown. */
export class OtpRequired extends DomainError {
  constructor() {
    super('unauthenticated', 'otp_required', 'This account has a second factor: send its code along as otp.');
  }
}

/** The second factor is in use; to get a new secret it must be removed first. */
export class TotpActive extends DomainError {
  constructor() {
    super('conflict', 'totp_active', 'Your second factor is active already; remove it before you set up another.');
  }
}

/** Not a sign-in that this browser began, or one that was finished before, or took too long. */
export class OidcAttemptUnknown extends DomainError {
  constructor() {
    super('invalid', 'oidc_attempt_unknown', 'This sign-in was not begun in this browser, or is over; begin another.');
  }
}

/** Not a code that a storefront was sent back with, or used, late, or of another storefront: all are told alike. */
export class OidcCodeInvalid extends InvalidInput {
  constructor() {
    const message = 'is not valid, was used already, has expired, or was not asked for with this verifier';
    super([{ path: 'code', message }], 'oidc_code_invalid');
  }
}

/** An account needs an email address, and the provider gave none. */
export class OidcEmailMissing extends DomainError {
  constructor() {
    super('conflict', 'oidc_email_missing', 'The provider did not tell your email address, which an account needs.');
  }
}

/** Told to those alone who have shown that the account is theirs. */
export class AccountClosed extends DomainError {
  constructor() {
    super('forbidden', 'account_closed', 'Your account is closed.');
  }
}
