import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { OidcIdentity } from '../../platform/security/oidc-client.js';
import { AuditApi } from '../audit/audit.api.js';
import type { LoginResponse } from './dto/token.response.js';
import { OidcAccounts } from './oidc-accounts.service.js';
import { type BegunSignIn, OidcAttempts } from './oidc-attempts.service.js';
import { SecondFactorService } from './second-factor.service.js';
import { SessionsService } from './sessions.service.js';

/** Sign-in with an OpenID provider. */
@Injectable()
export class OidcService {
  constructor(
    @Inject(OidcAttempts) private readonly attempts: OidcAttempts,
    @Inject(OidcAccounts) private readonly accounts: OidcAccounts,
    @Inject(SecondFactorService) private readonly secondFactor: SecondFactorService,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(AuditApi) private readonly audit: AuditApi,
  ) {}

  /** @throws {OidcNotConfigured | OidcUnavailable} */
  begin(): Promise<BegunSignIn> {
    return this.attempts.begin();
  }

  /**
   * Logs in whom the provider names. Its word stands in for the password, never for the second factor: an account with
   * one is for its password and code alone.
   * @throws {OidcNotConfigured | OidcAttemptUnknown | OidcRefused | OidcUnavailable | OidcEmailMissing | EmailTaken |
   *   AccountClosed | OtpRequired}
   */
  async finish(query: string, browser: string | undefined): Promise<LoginResponse> {
    const identity = await this.attempts.finish(query, browser);
    const account = await this.accountOf(identity);
    return this.uow.run(async () => {
      const user = await this.accounts.open(await account());
      await this.secondFactor.demand(user.id, undefined);
      const act = { action: 'user.logged_in', actorId: user.id, after: { by: 'provider' } };
      await this.audit.record({ subjectType: 'user', subjectId: user.id, ...act });
      return { user, ...(await this.sessions.start(user.id, user.role)) };
    });
  }

  /** What the provider is asked is asked before the transaction, which must wait for nobody but the database. */
  private async accountOf(identity: OidcIdentity): Promise<() => Promise<string>> {
    const owner = await this.accounts.findOwner(identity);
    if (owner !== undefined) return async () => owner;
    const profile = await identity.profile();
    return () => this.accounts.adopt(identity, profile);
  }
}
