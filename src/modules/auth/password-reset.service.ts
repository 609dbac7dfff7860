import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { MailQueue } from '../../platform/mail/mail-queue.js';
import { UsersApi } from '../users/users.api.js';
import { PASSWORD_REPLACED, PASSWORD_RESET, RESET_MINUTES } from './account-tokens.js';
import { Credentials } from './credentials.service.js';
import { InvalidOneTimeToken } from './one-time-token.errors.js';
import { OneTimeTokensService } from './one-time-tokens.service.js';

const HOUR_MS = 3_600_000;
const NOTICE_HOURS = 24;

/** A new password for those who forgot theirs, by a link to the address of the account. */
@Injectable()
export class PasswordResetService {
  constructor(
    @Inject(OneTimeTokensService) private readonly tokens: OneTimeTokensService,
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(Credentials) private readonly credentials: Credentials,
    @Inject(MailQueue) private readonly mails: MailQueue,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Mails a link to the account of an address. Whether there is one is looked up when the mail is written, after the
   * answer: up to then the same is done, and takes the same time, for every address.
   */
  request(email: string): Promise<void> {
    const expiresAt = new Date(this.clock.now().getTime() + RESET_MINUTES * 60_000);
    return this.mails.add({ kind: PASSWORD_RESET, about: { email }, expiresAt });
  }

  /**
   * Sets a new password by the token of such a mail, and ends every session of the user.
   * @throws {InvalidOneTimeToken | UnacceptablePassword | PasswordHashingBusy}
   */
  async confirm(token: string, newPassword: string): Promise<void> {
    await this.tokens.check('password_reset', token);
    const passwordHash = await this.credentials.hashNew('newPassword', newPassword);
    await this.uow.run(async () => {
      const { userId, emailKey } = await this.tokens.use('password_reset', token);
      if (!(await this.users.resetPassword(userId, emailKey, passwordHash))) throw new InvalidOneTimeToken();
      const owner = await this.users.getById(userId);
      this.uow.afterCommit(() => this.credentials.unlock(owner));
      const expiresAt = new Date(this.clock.now().getTime() + NOTICE_HOURS * HOUR_MS);
      await this.mails.add({ kind: PASSWORD_REPLACED, about: { userId }, expiresAt });
    });
  }
}
