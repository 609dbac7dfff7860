import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { MailQueue } from '../../platform/mail/mail-queue.js';
import { EventConsumers } from '../../platform/outbox/event-consumers.js';
import { UsersApi } from '../users/users.api.js';
import { USER_REGISTERED } from '../users/users.events.js';
import { EMAIL_VERIFICATION, VERIFICATION_HOURS } from './account-tokens.js';
import { InvalidOneTimeToken } from './one-time-token.errors.js';
import { OneTimeTokensService } from './one-time-tokens.service.js';

const HOUR_MS = 3_600_000;

/** Whether the address of an account is its user's: a mail is sent there, and a token from it comes back. */
@Injectable()
export class EmailVerificationService implements OnModuleInit {
  constructor(
    @Inject(OneTimeTokensService) private readonly tokens: OneTimeTokensService,
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(MailQueue) private readonly mails: MailQueue,
    @Inject(EventConsumers) private readonly consumers: EventConsumers,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(Clock) private readonly clock: Clock,
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
    const expiresAt = new Date(this.clock.now().getTime() + VERIFICATION_HOURS * HOUR_MS);
    return this.mails.add({ kind: EMAIL_VERIFICATION, about: { userId }, expiresAt });
  }

  /** @throws {InvalidOneTimeToken} also where the account has another address by now */
  confirm(token: string): Promise<void> {
    return this.uow.run(async () => {
      const { userId, emailKey } = await this.tokens.use('email_verification', token);
      if (!(await this.users.confirmEmail(userId, emailKey))) throw new InvalidOneTimeToken();
    });
  }
}
