import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { hashToken, isToken } from '../../common/tokens.js';
import { coversRole, ROLE_PERMISSIONS } from '../../platform/security/permissions.js';
import { type AcceptedInvitation, InvitationsRepository } from './invitations.repository.js';
import { InvalidOneTimeToken } from './one-time-token.errors.js';

/** Invitations by the token that was mailed. */
@Injectable()
export class OpenInvitations {
  constructor(
    @Inject(InvitationsRepository) private readonly invitations: InvitationsRepository,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Refuses a token that is not good, before anything costly is done for it.
   * @throws {InvalidOneTimeToken}
   */
  async check(token: string): Promise<void> {
    const good = isToken(token) && (await this.invitations.exists(hashToken(token), this.clock.now()));
    if (!good) throw new InvalidOneTimeToken();
  }

  /**
   * Uses an invitation up, if the transaction of this context commits.
   * @throws {InvalidOneTimeToken} also where the inviter has lost the account, or the right to give this role
   */
  async take(token: string): Promise<AcceptedInvitation> {
    const invitation = isToken(token) ? await this.invitations.use(hashToken(token), this.clock.now()) : undefined;
    if (invitation === undefined) throw new InvalidOneTimeToken();
    if (!coversRole(ROLE_PERMISSIONS[invitation.inviterRole], invitation.role)) throw new InvalidOneTimeToken();
    return invitation;
  }
}
