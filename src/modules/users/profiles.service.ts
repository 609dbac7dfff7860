import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { NotFound } from '../../common/domain-error.js';
import { emailKey, normalizeEmail } from '../../common/email.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { MailQueue } from '../../platform/mail/mail-queue.js';
import { AuditApi, type AuditRecord } from '../audit/audit.api.js';
import { toUserResponse, type UserResponse } from './dto/user.response.js';
import { ProfileCache } from './profile.cache.js';
import { EMAIL_CHANGED } from './profile.letters.js';
import { type ChangedProfile, type ProfileChange, UsersRepository } from './users.repository.js';

/** Milliseconds for which a mail about a change is of use. */
const NOTICE_MS = 86_400_000;

/** What people change about themselves. */
@Injectable()
export class ProfilesService {
  constructor(
    @Inject(UsersRepository) private readonly users: UsersRepository,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(MailQueue) private readonly mails: MailQueue,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditApi) private readonly audit: AuditApi,
    @Inject(ProfileCache) private readonly cache: ProfileCache,
  ) {}

  /**
   * Changes what is given. The address that another one replaces is told of it: with a stolen session somebody could
   * move an account to a mailbox of their own, and have a new password sent there.
   * @throws {EmailTaken | UsernameTaken | InvalidInput}
   */
  update(id: string, change: ProfileChange): Promise<UserResponse> {
    const email = change.email === undefined ? undefined : normalizeEmail(change.email);
    return this.uow.run(async () => {
      const user = await this.users.updateProfile(id, { ...change, email }, this.clock.now());
      if (user === undefined) throw new NotFound('user');
      this.cache.changing(id);
      await this.audit.record(...recordsOf(user));
      if (emailKey(user.email) !== emailKey(user.emailBefore)) await this.tellOldAddress(user);
      return toUserResponse(user);
    });
  }

  private tellOldAddress({ id: userId, emailBefore: email }: ChangedProfile): Promise<void> {
    const expiresAt = new Date(this.clock.now().getTime() + NOTICE_MS);
    return this.mails.add({ kind: EMAIL_CHANGED, about: { userId, email }, expiresAt });
  }
}

/** Which fields have changed stays in the log for good; what stood and stands in them can be erased. */
function recordsOf(user: ChangedProfile): AuditRecord[] {
  const { email, username, name, defaultShippingMethod } = user;
  const personal = {
    before: { email: user.emailBefore, username: user.usernameBefore, name: user.nameBefore },
    after: { email, username, name },
  };
  const fields = Object.entries(personal.before).flatMap(([field, was]) =>
    was === personal.after[field as keyof typeof personal.after] ? [] : [field],
  );
  if (user.shippingBefore !== defaultShippingMethod) fields.push('defaultShippingMethod');
  if (fields.length === 0) return [];
  const before = { emailVerified: user.verifiedBefore };
  const after = { emailVerified: user.emailVerifiedAt !== null, fields };
  const act = { action: 'user.profile_changed', before, after, personal };
  return [{ ...act, subjectType: 'user', subjectId: user.id }];
}
