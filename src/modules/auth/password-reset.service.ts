import { Inject, Injectable } from '@nestjs/common';
import { emailKey } from '../../common/email.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { UsersApi } from '../users/users.api.js';
import { AccountMailQueue } from './account-mail-queue.service.js';
import { PASSWORD_REPLACED, PASSWORD_RESET } from './account-tokens.js';
import { Credentials } from './credentials.service.js';
import { InvalidOneTimeToken } from './one-time-token.errors.js';
import { OneTimeTokensService } from './one-time-tokens.service.js';

/** A new password for those who forgot theirs, by a link to the address of the account. */
@Injectable()
export class PasswordResetService {
  constructor(
    @Inject(OneTimeTokensService) private readonly tokens: OneTimeTokensService,
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(Credentials) private readonly credentials: Credentials,
    @Inject(AccountMailQueue) private readonly mails: AccountMailQueue,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
  ) {}

  /**
   * Mails a link to the account of an address. Whether there is one is looked up when the mail is written, after the
   * answer: up to then the same is done, and takes the same time, for every address.
   */
  request(email: string): Promise<void> {
    return this.mails.add(PASSWORD_RESET, { email: emailKey(email) });
  }

  /**
   * Sets a new password by the token of such a mail, and ends every session of the user.
   * @throws {InvalidOneTimeToken | UnacceptablePassword | PasswordHashingBusy}
   */
  async confirm(token: string, newPassword: string): Promise<void> {
    await this.tokens.check('password_reset', token);
    const passwordHash = await this.credentials.hashNew('newPassword', newPassword);
    await this.uow.run(async () => {
      const { userId, emailKey: address } = await this.tokens.use('password_reset', token);
      if (!(await this.users.resetPassword(userId, address, passwordHash))) throw new InvalidOneTimeToken();
      const owner = await this.users.getById(userId);
      this.uow.afterCommit(() => this.credentials.unlock(owner));
      await this.mails.add(PASSWORD_REPLACED, { userId });
    });
  }
}
