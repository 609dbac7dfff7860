import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { emailKey } from '../../common/email.js';
import type { Role } from '../../platform/security/permissions.js';
import { UserResponse } from './dto/user.response.js';
import { NewAccounts, type NewUser } from './new-accounts.service.js';
import { type LoginRow, UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

export type { NewUser };
export { UserResponse };

/** What a login is checked against; `passwordHash` is null where no password was ever set. */
export type LoginAccount = LoginRow;

/** The door of the users module: accounts, for the modules that log people in and sell to them. */
@Injectable()
export class UsersApi {
  constructor(
    @Inject(UsersService) private readonly service: UsersService,
    @Inject(NewAccounts) private readonly accounts: NewAccounts,
    @Inject(UsersRepository) private readonly users: UsersRepository,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws {NotFound} `user_not_found` */
  getById(id: string): Promise<UserResponse> {
    return this.service.get(id);
  }

  /**
   * Makes an account and announces it, joining the transaction that is under way.
   * @throws {EmailTaken | UsernameTaken}
   */
  create(user: NewUser): Promise<UserResponse> {
    return this.accounts.create(user);
  }

  /**
   * Makes an administrator, or promotes the account that has the email address and sets its password.
   * @throws {UsernameTaken}
   */
  makeAdministrator(
    user: NewUser & { readonly passwordHash: string },
  ): Promise<{ readonly user: UserResponse; readonly created: boolean }> {
    return this.accounts.makeAdministrator(user);
  }

  /** The account of an email address in whatever writing. It may be closed. */
  findLoginByEmail(email: string): Promise<LoginAccount | undefined> {
    return this.users.findLoginByEmail(emailKey(email));
  }

  /** The account of a username in whatever case. It may be closed. */
  findLoginByUsername(username: string): Promise<LoginAccount | undefined> {
    return this.users.findLoginByUsername(username.toLowerCase());
  }

  /** The account of an id. It may be closed. */
  findLoginById(id: string): Promise<LoginAccount | undefined> {
    return this.users.findLoginById(id);
  }

  /**
   * Notes a login, and keeps other changes of the account waiting until the transaction ends.
   * @param passwordHash the one that the password was checked against
   * @returns undefined where the account was closed, or its password changed, in the meantime
   */
  recordLogin(id: string, passwordHash: string): Promise<UserResponse | undefined> {
    return this.service.recordLogin(id, passwordHash);
  }

  /**
   * Notes a login that somebody else vouches for, and keeps other changes of the account waiting until the transaction
   * ends; undefined where the account is closed.
   */
  recordSignIn(id: string): Promise<UserResponse | undefined> {
    return this.service.recordSignIn(id);
  }

  /**
   * The id of the account of an email address, in whatever writing, if the address was verified. It may be closed.
   * Keeps other changes of it waiting until the transaction ends.
   */
  lockByVerifiedEmail(email: string): Promise<string | undefined> {
    return this.users.lockByVerifiedEmail(emailKey(email));
  }

  /** Keeps other changes of an account waiting until the transaction ends; undefined where there is none. */
  lock(id: string): Promise<{ readonly role: Role; readonly active: boolean } | undefined> {
    return this.users.lock(id);
  }

  /** Puts a password in the place of another and locks the account; false where that one was no longer there. */
  replacePassword(id: string, oldHash: string, newHash: string): Promise<boolean> {
    return this.users.replacePassword(id, oldHash, newHash, this.clock.now());
  }

  /**
   * Sets a password on the word of who reads the mail of an account, and ends every session of the user.
   * @param emailKey the address that they read, as {@link emailKey} writes it
   * @returns whether the account is active and still has that address
   */
  resetPassword(id: string, emailKey: string, passwordHash: string): Promise<boolean> {
    return this.service.resetPassword(id, emailKey, passwordHash);
  }

  /**
   * Notes that an address is its user's.
   * @returns whether the account is active and still has that address
   */
  confirmEmail(id: string, emailKey: string): Promise<boolean> {
    return this.service.confirmEmail(id, emailKey);
  }
}
