import { Injectable } from '@nestjs/common';
import type { PersonalData } from '../../common/personal-data.js';
import { MailQueue } from '../../platform/mail/mail-queue.js';
import { type SignInMeans, SignInMeansRepository } from './sign-in-means.repository.js';

/**
 * The ways in which a person signs in, and the mails about it that are not sent yet, as personal data. Erased before
 * the account is, whose address leads to some of it.
 */
@Injectable()
export class SignInPrivacy implements PersonalData {
  readonly section = 'signIn';

  constructor(
    private readonly means: SignInMeansRepository,
    private readonly mails: MailQueue,
  ) {}

  exportOf(userId: string): Promise<SignInMeans> {
    return this.means.find(userId);
  }

  async erase(userId: string): Promise<void> {
    const emailKey = await this.means.emailKeyOf(userId);
    if (emailKey !== undefined) await this.mails.forget(userId, emailKey);
    await this.means.forget(userId);
  }
}
