import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AuditApi } from '../audit/audit.api.js';
import { UsersApi } from '../users/users.api.js';
import type { AcceptInvitationRequest } from './dto/account-mail.requests.js';
import type { LoginResponse } from './dto/token.response.js';
import { OpenInvitations } from './open-invitations.service.js';
import { PasswordHasher } from './password-hasher.service.js';
import { SessionsService } from './sessions.service.js';

/** The accounts that invitations become. */
@Injectable()
export class InvitationAcceptanceService {
  constructor(
    @Inject(OpenInvitations) private readonly invitations: OpenInvitations,
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(AuditApi) private readonly audit: AuditApi,
  ) {}

  /**
   * Makes the account of an invitation, with the role that it offers and a confirmed address, and logs its owner in.
   * @throws {InvalidOneTimeToken} also where the inviter has lost the account, or the right to give this role
   * @throws {UnacceptablePassword | EmailTaken | PasswordHashingBusy}
   */
  async accept({ token, name, password }: AcceptInvitationRequest): Promise<LoginResponse> {
    await this.invitations.check(token);
    const passwordHash = await this.hasher.hashNew('password', password);
    return this.uow.run(async () => {
      const { id, email, role, invitedBy } = await this.invitations.take(token);
      const person = { email, name, passwordHash, role, emailVerified: true, by: 'invitation' } as const;
      const user = await this.users.create(person);
      const act = { action: 'invitation.accepted', actorId: user.id, after: { role, invitedBy, userId: user.id } };
      await this.audit.record({ subjectType: 'invitation', subjectId: id, ...act });
      return { user, ...(await this.sessions.start(user.id, user.role)) };
    });
  }
}
