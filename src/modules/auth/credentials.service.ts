import { Inject, Injectable } from '@nestjs/common';
import { InvalidInput } from '../../common/domain-error.js';
import { AuditApi } from '../audit/audit.api.js';
import { type LoginAccount, UsersApi } from '../users/users.api.js';
import { InvalidCredentials } from './auth.errors.js';
import type { LoginRequest } from './dto/login.request.js';
import { LoginAttempts, type LoginNames } from './login-attempts.service.js';
import { PasswordHasher } from './password-hasher.service.js';

/** An account, and the hash that its password was found right by. */
export interface ProvenAccount {
  readonly id: string;
  readonly passwordHash: string;
  /** The hash that should take its place, where it was made with other parameters than today's. */
  readonly renewedHash: string | undefined;
}

interface Check {
  readonly account: LoginAccount | undefined;
  /** Whether the password is that of the account. */
  readonly right: boolean;
}

/** Whether passwords are right: counted, so that they cannot be guessed, and with every wrong one in the audit log. */
@Injectable()
export class Credentials {
  constructor(
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(LoginAttempts) private readonly attempts: LoginAttempts,
    @Inject(AuditApi) private readonly audit: AuditApi,
  ) {}

  /**
   * Lets somebody in by name and password. What `enter` finds wrong counts as a wrong password does.
   * @throws {InvalidCredentials | TooManyRequests | PasswordHashingBusy} and whatever `enter` throws
   */
  login<T>(request: LoginRequest, enter: (account: ProvenAccount) => Promise<T>): Promise<T> {
    this.hasher.admit();
    const find = this.finderOf(request);
    return this.attempts.byName(request, async () => {
      const check = await this.check(find, request.password);
      return this.recordingFailure('user.login_failed', check.account?.id, async () =>
        enter(await this.prove(check, request.password)),
      );
    });
  }

  /**
   * Asks somebody who is logged in for the password again, and goes on if it is right. What `goOn` finds wrong, such as
   * a code of the second factor, counts as a wrong password does.
   * @param failure what the audit log calls it when it is wrong
   * @throws {InvalidCredentials | TooManyRequests | PasswordHashingBusy} and whatever `goOn` throws
   */
  async confirm<T>(
    userId: string,
    password: string,
    failure: string,
    goOn: (account: ProvenAccount) => Promise<T>,
  ): Promise<T> {
    return this.counted(userId, failure, async () => {
      const checked = await this.check(() => this.users.findLoginById(userId), password);
      return goOn(await this.prove(checked, password));
    });
  }

  /**
   * Lets somebody who is logged in show a secret of theirs; wrong ones count together with wrong passwords.
   * @throws {InvalidCredentials | TooManyRequests} and whatever `work` throws
   */
  counted<T>(userId: string, failure: string, work: () => Promise<T>): Promise<T> {
    return this.attempts.byUser(userId, () => this.recordingFailure(failure, userId, work));
  }

  /**
   * The hash of a password to be set.
   * @param path where the request names it
   * @throws {UnacceptablePassword | PasswordHashingBusy}
   */
  hashNew(path: string, password: string): Promise<string> {
    return this.hasher.hashNew(path, password);
  }

  /** Ends the locks of an account whose owner has proved to be it by other means. */
  unlock(owner: LoginNames & { readonly id: string }): Promise<void> {
    return this.attempts.forget(owner);
  }

  private finderOf({ email, username }: LoginRequest): () => Promise<LoginAccount | undefined> {
    if (email !== undefined && username === undefined) return () => this.users.findLoginByEmail(email);
    if (username !== undefined && email === undefined) return () => this.users.findLoginByUsername(username);
    throw InvalidInput.field('email', 'must be given, or username in its place');
  }

  /** Takes the same time whether or not there is an account. */
  private check(find: () => Promise<LoginAccount | undefined>, password: string): Promise<Check> {
    return this.hasher.inTurn(async () => {
      const account = await find();
      return { account, right: await this.hasher.matches(account?.passwordHash, password) };
    });
  }

  /** Fails in the same way, whatever of account and password is not right. */
  private async prove({ account, right }: Check, password: string): Promise<ProvenAccount> {
    const passwordHash = account?.passwordHash;
    if (!right || !account?.active || typeof passwordHash !== 'string') throw new InvalidCredentials();
    return { id: account.id, passwordHash, renewedHash: await this.hasher.renew(passwordHash, password) };
  }

  /** One insert whether or not there is such an account: the time that it takes tells nothing. */
  private async recordingFailure<T>(action: string, userId: string | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof InvalidCredentials) {
        await this.audit.recordRefusal({ subjectType: 'user', subjectId: userId ?? null, action });
      }
      throw error;
    }
  }
}
