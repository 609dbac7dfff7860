import { Injectable, Logger } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { UserPrincipal } from '../../platform/security/principal.js';
import { RevocationList } from '../../platform/security/revocation-list.js';
import { TokenTimes } from '../../platform/security/token-times.js';
import { AuditApi } from '../audit/audit.api.js';
import { UsersApi } from '../users/users.api.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';

/** Ends sessions: whatever does so has locked the user's row, so that a refresh cannot slip past it. */
@Injectable()
export class SessionEnds {
  private readonly logger = new Logger(SessionEnds.name);

  constructor(
    private readonly refreshTokens: RefreshTokensRepository,
    private readonly revocations: RevocationList,
    private readonly times: TokenTimes,
    private readonly users: UsersApi,
    private readonly uow: UnitOfWork,
    private readonly audit: AuditApi,
  ) {}

  /** Ends the session that a request belongs to, its access token first of all. */
  end({ userId, tokenId, tokenExpiresAt, familyId }: UserPrincipal): Promise<void> {
    return this.uow.run(async () => {
      await this.users.lock(userId);
      await this.revocations.revokeToken(tokenId, tokenExpiresAt);
      await this.revokeFamily(familyId);
      await this.audit.record({ action: 'user.logged_out', subjectType: 'user', subjectId: userId });
    });
  }

  /** Ends every session of a user. */
  endAll({ userId, familyId }: UserPrincipal): Promise<void> {
    return this.uow.run(async () => {
      await this.users.lock(userId);
      // By name too: the token of this request may be from a replica whose clock is ahead of ours.
      await this.revokeFamily(familyId);
      await this.revocations.revokeUser(userId);
      await this.audit.record({ action: 'user.logged_out_everywhere', subjectType: 'user', subjectId: userId });
    });
  }

  /** Ends every session of a user but that of a request, in a transaction that has locked the user's row. */
  async endOthers({ userId, familyId }: UserPrincipal): Promise<void> {
    const others = await this.refreshTokens.revokeOtherFamilies(userId, familyId, this.times.next());
    await this.revocations.revokeFamilies(others);
  }

  /**
   * Ends the session whose spent refresh token was shown again by somebody who had no reason to, in a transaction that
   * has locked the user's row. A token was stolen, or a client handles its tokens badly: the operator is told once.
   */
  async endReused(userId: string, familyId: string): Promise<void> {
    if (!(await this.revokeFamily(familyId))) return;
    this.logger.warn({ userId, familyId }, 'A spent refresh token was used again; its session was ended.');
    const after = { familyId };
    await this.audit.record({ action: 'user.refresh_token_reused', subjectType: 'user', subjectId: userId, after });
  }

  /** @returns whether the session was live */
  private async revokeFamily(familyId: string): Promise<boolean> {
    const live = await this.refreshTokens.revokeFamily(familyId, this.times.next());
    await this.revocations.revokeFamilies([familyId]);
    return live;
  }
}
