import { Inject, Injectable } from '@nestjs/common';
import { AuditApi } from '../audit/audit.api.js';
import type { UserResponse } from '../users/users.api.js';
import type { LoginResponse } from './dto/token.response.js';
import { OidcAccounts } from './oidc-accounts.service.js';
import { SecondFactorService } from './second-factor.service.js';
import { SessionsService } from './sessions.service.js';

/** Sessions of those whom the OpenID provider vouches for. */
@Injectable()
export class OidcSessions {
  constructor(
    @Inject(OidcAccounts) private readonly accounts: OidcAccounts,
    @Inject(SecondFactorService) private readonly secondFactor: SecondFactorService,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(AuditApi) private readonly audit: AuditApi,
  ) {}

  /**
   * Whether a person may come in, in the transaction under way. The provider's word stands in for the password, never
   * for the second factor: an account with one is for its password and code alone.
   * @throws {AccountClosed | OtpRequired}
   */
  async admit(userId: string): Promise<UserResponse> {
    const user = await this.accounts.open(userId);
    await this.secondFactor.demand(user.id, undefined);
    return user;
  }

  /** Lets a person in. @throws {AccountClosed | OtpRequired} */
  async start(userId: string): Promise<LoginResponse> {
    const user = await this.admit(userId);
    const act = { action: 'user.logged_in', actorId: user.id, after: { by: 'provider' } };
    await this.audit.record({ subjectType: 'user', subjectId: user.id, ...act });
    return { user, ...(await this.sessions.start(user.id, user.role)) };
  }
}
