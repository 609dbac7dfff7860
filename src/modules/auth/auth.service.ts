import { Inject, Injectable } from '@nestjs/common';
import { InvalidInput } from '../../common/domain-error.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { UserPrincipal } from '../../platform/security/principal.js';
import { type LoginAccount, UsersApi } from '../users/users.api.js';
import { InvalidCredentials, UnacceptablePassword } from './auth.errors.js';
import type { ChangePasswordRequest } from './dto/change-password.request.js';
import type { LoginRequest } from './dto/login.request.js';
import type { RegisterRequest } from './dto/register.request.js';
import type { LoginResponse } from './dto/token.response.js';
import { PasswordHasher } from './password-hasher.service.js';
import { passwordProblems } from './password-rules.js';
import { SessionsService } from './sessions.service.js';

/** An administrator to make from the command line. */
export interface NewAdministrator {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

/** Who people are: registration, login and passwords. */
@Injectable()
export class AuthService {
  constructor(
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
  ) {}

  /** @throws {UnacceptablePassword | EmailTaken | UsernameTaken | PasswordHashingBusy} */
  async register({ email, password, name, username }: RegisterRequest): Promise<LoginResponse> {
    const passwordHash = await this.hashNew('password', password);
    return this.uow.run(async () => {
      const user = await this.users.create({ email, name, username, passwordHash });
      return { user, ...(await this.sessions.start(user.id, user.role)) };
    });
  }

  /** @throws {InvalidCredentials | PasswordHashingBusy} */
  async login(request: LoginRequest): Promise<LoginResponse> {
    this.hasher.admit();
    const account = await this.findAccount(request);
    const { passwordHash } = await this.authenticate(account, request.password);
    const renewed = await this.hasher.renew(passwordHash, request.password);
    return this.uow.run(async () => {
      const user = account && (await this.users.recordLogin(account.id, passwordHash));
      if (user === undefined) throw new InvalidCredentials();
      if (renewed !== undefined) await this.users.replacePassword(user.id, passwordHash, renewed);
      return { user, ...(await this.sessions.start(user.id, user.role)) };
    });
  }

  /**
   * Replaces a password. Every other session of the user ends; the one that did it goes on.
   * @throws {InvalidCredentials | UnacceptablePassword | PasswordHashingBusy}
   */
  async changePassword(principal: UserPrincipal, request: ChangePasswordRequest): Promise<void> {
    const account = await this.users.findLoginById(principal.userId);
    const { passwordHash } = await this.authenticate(account, request.currentPassword);
    const newHash = await this.hashNew('newPassword', request.newPassword);
    await this.uow.run(async () => {
      if (!(await this.users.replacePassword(principal.userId, passwordHash, newHash))) throw new InvalidCredentials();
      await this.sessions.endOthers(principal);
    });
  }

  /**
   * Makes an administrator, or promotes the account that has the email address and sets its password.
   * @throws {UnacceptablePassword | PasswordHashingBusy}
   */
  async makeAdministrator({ email, password, name }: NewAdministrator): Promise<'created' | 'promoted'> {
    const passwordHash = await this.hashNew('password', password);
    const { created } = await this.users.makeAdministrator({ email, name, passwordHash });
    return created ? 'created' : 'promoted';
  }

  private findAccount({ email, username }: LoginRequest): Promise<LoginAccount | undefined> {
    if (email !== undefined && username === undefined) return this.users.findLoginByEmail(email);
    if (username !== undefined && email === undefined) return this.users.findLoginByUsername(username);
    throw InvalidInput.field('email', 'must be given, or username in its place');
  }

  /** Takes the same time, and fails in the same way, whatever of account and password is not right. */
  private async authenticate(
    account: LoginAccount | undefined,
    password: string,
  ): Promise<{ readonly passwordHash: string }> {
    const passwordHash = account?.passwordHash;
    const right = await this.hasher.matches(passwordHash, password);
    if (!right || !account?.active || typeof passwordHash !== 'string') throw new InvalidCredentials();
    return { passwordHash };
  }

  private hashNew(path: string, password: string): Promise<string> {
    const problems = passwordProblems(password);
    if (problems.length > 0) throw new UnacceptablePassword(path, problems);
    return this.hasher.hash(password);
  }
}
