import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { UserPrincipal } from '../../platform/security/principal.js';
import { AuditApi } from '../audit/audit.api.js';
import { UsersApi } from '../users/users.api.js';
import { AccountMailQueue } from './account-mail-queue.service.js';
import { PASSWORD_CHANGED } from './account-tokens.js';
import { InvalidCredentials } from './auth.errors.js';
import { Credentials } from './credentials.service.js';
import type { ChangePasswordRequest } from './dto/change-password.request.js';
import { SessionEnds } from './session-ends.service.js';

/** An administrator to make from the command line. */
export interface NewAdministrator {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

/** Sets passwords. */
@Injectable()
export class PasswordsService {
  constructor(
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(Credentials) private readonly credentials: Credentials,
    @Inject(SessionEnds) private readonly ends: SessionEnds,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(AuditApi) private readonly audit: AuditApi,
    @Inject(AccountMailQueue) private readonly mails: AccountMailQueue,
  ) {}

  /**
   * Replaces a password, and tells the owner by mail. Every other session of the user ends; this one goes on.
   * @throws {InvalidCredentials | TooManyRequests | UnacceptablePassword | PasswordHashingBusy}
   */
  async change(principal: UserPrincipal, { currentPassword, newPassword }: ChangePasswordRequest): Promise<void> {
    const { userId } = principal;
    await this.credentials.confirm(userId, currentPassword, 'user.password_change_failed', async (proven) => {
      const newHash = await this.credentials.hashNew('newPassword', newPassword);
      await this.uow.run(async () => {
        if (!(await this.users.replacePassword(userId, proven.passwordHash, newHash))) throw new InvalidCredentials();
        await this.ends.endOthers(principal);
        await this.audit.record({ subjectType: 'user', subjectId: userId, action: 'user.password_changed' });
        await this.mails.add(PASSWORD_CHANGED, { userId });
      });
    });
  }

  /**
   * Makes an administrator, or promotes the account that has the email address and sets its password.
   * @throws {UnacceptablePassword | PasswordHashingBusy}
   */
  async makeAdministrator({ email, password, name }: NewAdministrator): Promise<'created' | 'promoted'> {
    const passwordHash = await this.credentials.hashNew('password', password);
    const { created } = await this.users.makeAdministrator({ email, name, passwordHash });
    return created ? 'created' : 'promoted';
  }
}
