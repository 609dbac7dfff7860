import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { hashToken, isToken } from '../../common/tokens.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { mayGrant, ROLE_PERMISSIONS } from '../../platform/security/permissions.js';
import { UsersApi } from '../users/users.api.js';
import type { AcceptInvitationRequest } from './dto/account-mail.requests.js';
import type { LoginResponse } from './dto/token.response.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvalidOneTimeToken } from './one-time-token.errors.js';
import { PasswordHasher } from './password-hasher.service.js';
import { SessionsService } from './sessions.service.js';

/** The accounts that invitations become. */
@Injectable()
export class InvitationAcceptanceService {
  constructor(
    @Inject(InvitationsRepository) private readonly invitations: InvitationsRepository,
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Makes the account of an invitation, with the role that it offers and a confirmed address, and logs its owner in.
   * @throws {InvalidOneTimeToken} also where the inviter has lost the account, or the right to give this role
   * @throws {UnacceptablePassword | EmailTaken | PasswordHashingBusy}
   */
  async accept({ token, name, password }: AcceptInvitationRequest): Promise<LoginResponse> {
    const tokenHash = isToken(token) ? hashToken(token) : undefined;
    if (tokenHash === undefined || !(await this.invitations.exists(tokenHash, this.clock.now()))) {
      throw new InvalidOneTimeToken();
    }
    const passwordHash = await this.hasher.hashNew('password', password);
    return this.uow.run(async () => {
      const invitation = await this.invitations.use(tokenHash, this.clock.now());
      if (invitation === undefined) throw new InvalidOneTimeToken();
      const { email, role, inviterRole } = invitation;
      if (!mayGrant(ROLE_PERMISSIONS[inviterRole], role)) throw new InvalidOneTimeToken();
      const user = await this.users.create({ email, name, passwordHash, role, emailVerified: true });
      return { user, ...(await this.sessions.start(user.id, user.role)) };
    });
  }
}
