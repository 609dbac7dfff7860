import { DomainError } from '../../common/domain-error.js';

/** Another account has the address, in whatever writing. */
export class EmailTaken extends DomainError {
  constructor() {
    super('conflict', 'email_taken', 'There is an account with this email address already.', [
      { path: 'email', message: 'is taken' },
    ]);
  }
}

/** Another account has the username, in whatever case. */
export class UsernameTaken extends DomainError {
  constructor() {
    super('conflict', 'username_taken', 'There is an account with this username already.', [
      { path: 'username', message: 'is taken' },
    ]);
  }
}

/** Without an active administrator nobody could make another one. */
export class LastAdministrator extends DomainError {
  constructor() {
    super('conflict', 'last_administrator', 'This is the last active administrator; appoint another one first.');
  }
}
