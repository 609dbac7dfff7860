import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { EventConsumers } from '../../platform/outbox/event-consumers.js';
import { UsersApi } from '../users/users.api.js';
import { USER_REGISTERED } from '../users/users.events.js';
import { AccountMailQueue } from './account-mail-queue.service.js';
import { EMAIL_VERIFICATION } from './account-tokens.js';
import { InvalidOneTimeToken } from './one-time-token.errors.js';
import { OneTimeTokensService } from './one-time-tokens.service.js';

/** Whether the address of an account is its user's: a mail is sent there, and a token from it comes back. */
@Injectable()
export class EmailVerificationService implements OnModuleInit {
  constructor(
    @Inject(OneTimeTokensService) private readonly tokens: OneTimeTokensService,
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(AccountMailQueue) private readonly mails: AccountMailQueue,
    @Inject(EventConsumers) private readonly consumers: EventConsumers,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.consumers.register({
      name: 'auth.verify-email',
      types: [USER_REGISTERED],
      handle: ({ subject }) => this.request(subject),
    });
  }

  /** Mails a link to the address of an account; not where it is confirmed already. */
  request(userId: string): Promise<void> {
    return this.mails.add(EMAIL_VERIFICATION, { userId });
  }

  /** @throws {InvalidOneTimeToken} also where the account has another address by now */
  confirm(token: string): Promise<void> {
    return this.uow.run(async () => {
      const { userId, emailKey } = await this.tokens.use('email_verification', token);
      if (!(await this.users.confirmEmail(userId, emailKey))) throw new InvalidOneTimeToken();
    });
  }
}
