import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { emailKey, normalizeEmail } from '../../common/email.js';
import { newId } from '../../common/ids.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { MailQueue } from '../../platform/mail/mail-queue.js';
import { coversRole } from '../../platform/security/permissions.js';
import { Forbidden, personIdOf, type StaffPrincipal } from '../../platform/security/principal.js';
import { AuditApi } from '../audit/audit.api.js';
import { UsersApi } from '../users/users.api.js';
import { EmailTaken } from '../users/users.errors.js';
import { INVITATION, INVITATION_DAYS } from './account-tokens.js';
import type { InviteRequest } from './dto/account-mail.requests.js';
import type { InvitationResponse } from './dto/invitation.response.js';
import { InvitationsRepository } from './invitations.repository.js';

const DAY_MS = 86_400_000;

/** Invitations of people who are to have an account with a role. */
@Injectable()
export class InvitationsService {
  constructor(
    @Inject(InvitationsRepository) private readonly invitations: InvitationsRepository,
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(MailQueue) private readonly mails: MailQueue,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditApi) private readonly audit: AuditApi,
  ) {}

  /**
   * Mails an invitation. An earlier one to the same address is void from now on.
   * @throws {Forbidden} where the role may do more than its giver
   * @throws {EmailTaken}
   */
  async invite(inviter: StaffPrincipal, { email, role }: InviteRequest): Promise<InvitationResponse> {
    if (!coversRole(inviter.permissions, role)) throw new Forbidden();
    // An account that is made later on is met by the constraint on its address.
    if ((await this.users.findLoginByEmail(email)) !== undefined) throw new EmailTaken();
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + INVITATION_DAYS * DAY_MS);
    const invitation = { id: newId(), email: normalizeEmail(email), emailKey: emailKey(email), role };
    await this.uow.run(async () => {
      const invitedBy = personIdOf(inviter);
      await this.invitations.put({ ...invitation, invitedBy, tokenHash: null, createdAt, expiresAt });
      await this.mails.add({ kind: INVITATION, about: { invitationId: invitation.id }, expiresAt });
      // Not the address: the invited person has no account yet whose erasure could take it away.
      const subject = { subjectType: 'invitation', subjectId: invitation.id };
      await this.audit.record({ ...subject, action: 'invitation.sent', after: { role } });
    });
    const { id, email: address } = invitation;
    return { id, email: address, role, expiresAt: expiresAt.toISOString() };
  }
}
