import type { Role } from '../../platform/security/permissions.js';

/** What is kept of accounts carries this tag in the cache, with the id behind it. */
export const USERS_TAG = 'users';

export const USER_REGISTERED = 'user.registered';

/** An account was made. Nothing personal: events are kept and sent to others, and could not be erased there. */
export interface UserRegistered {
  readonly userId: string;
  readonly role: Role;
  readonly createdAt: string;
}
