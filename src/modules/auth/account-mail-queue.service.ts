import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { MailQueue } from '../../platform/mail/mail-queue.js';
import { type AccountMail, MAIL_MINUTES } from './account-tokens.js';

/** Where the mails about accounts are queued, each for as long as it is of use. */
@Injectable()
export class AccountMailQueue {
  constructor(
    @Inject(MailQueue) private readonly mails: MailQueue,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Queues a mail, in the transaction of this context where there is one.
   * @param about `userId`, or `email` as `emailKey` writes it: erasure finds what is owed to a person by the two
   */
  add(kind: AccountMail, about: { readonly userId: string } | { readonly email: string }): Promise<void> {
    const expiresAt = new Date(this.clock.now().getTime() + MAIL_MINUTES[kind] * 60_000);
    return this.mails.add({ kind, about: { ...about }, expiresAt });
  }
}
