import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { OidcUnavailable } from '../../platform/security/oidc.errors.js';
import type { OidcIdentity } from '../../platform/security/oidc-client.js';
import { AuditApi } from '../audit/audit.api.js';
import { OidcCodeInvalid } from './auth.errors.js';
import type { LoginResponse } from './dto/token.response.js';
import { OidcAccounts } from './oidc-accounts.service.js';
import { type BegunSignIn, OidcAttempts, type Storefront } from './oidc-attempts.service.js';
import { OidcHandovers } from './oidc-handovers.service.js';
import { OidcSessions } from './oidc-sessions.service.js';

/** What a sign-in ends with: a session, or the address of the storefront where it began. */
export type SignInEnd = LoginResponse | { readonly returnTo: string };

/** Sign-in with an OpenID provider. */
@Injectable()
export class OidcService {
  constructor(
    @Inject(OidcAttempts) private readonly attempts: OidcAttempts,
    @Inject(OidcAccounts) private readonly accounts: OidcAccounts,
    @Inject(OidcSessions) private readonly sessions: OidcSessions,
    @Inject(OidcHandovers) private readonly handovers: OidcHandovers,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(AuditApi) private readonly audit: AuditApi,
  ) {}

  /** @throws {OidcNotConfigured | OidcUnavailable | InvalidInput} */
  begin(storefront: Partial<Storefront>): Promise<BegunSignIn> {
    return this.attempts.begin(storefront);
  }

  /**
   * Logs in whom the provider names; where a storefront has begun it, that is handed the sign-in, or told what was
   * wrong.
   * @throws {OidcNotConfigured | OidcAttemptUnknown}
   * @throws {OidcRefused | OidcUnavailable | OidcEmailMissing | EmailTaken | AccountClosed | OtpRequired} without a
   *   storefront
   */
  async finish(query: string, browser: string | undefined): Promise<SignInEnd> {
    const { checks, storefront } = await this.attempts.take(query, browser);
    const identify = (): Promise<OidcIdentity> => this.attempts.identify(query, checks);
    if (storefront === undefined) return this.enter(identify, (userId) => this.sessions.start(userId));
    const { returnTo, challenge } = storefront;
    try {
      const code = await this.enter(identify, async (userId) => {
        const user = await this.sessions.admit(userId);
        return this.handovers.issue(user.id, challenge);
      });
      return { returnTo: `${returnTo}#code=${code}` };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { returnTo: `${returnTo}#error=${error.code}` };
    }
  }

  /**
   * Gives a storefront the session of a sign-in that it began.
   * @throws {OidcCodeInvalid | AccountClosed | OtpRequired}
   */
  async exchange(code: string, verifier: string): Promise<LoginResponse> {
    // Taken in a transaction of its own, so that it is used up also where what follows is refused.
    const userId = await this.handovers.take(code, verifier);
    if (userId === undefined) throw new OidcCodeInvalid();
    return this.recordingRefusal(userId, () => this.uow.run(() => this.sessions.start(userId)));
  }

  /** What the provider is asked is asked before the transaction, which must wait for nobody but the database. */
  private async enter<T>(identify: () => Promise<OidcIdentity>, work: (userId: string) => Promise<T>): Promise<T> {
    const identity = await this.recordingRefusal(undefined, identify);
    const owner = await this.accounts.findOwner(identity);
    return this.recordingRefusal(owner, async () => {
      if (owner !== undefined) return this.uow.run(() => work(owner));
      const profile = await identity.profile();
      return this.uow.run(async () => work(await this.accounts.adopt(identity, profile)));
    });
  }

  private async recordingRefusal<T>(userId: string | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof DomainError && !(error instanceof OidcUnavailable)) {
        const after = { by: 'provider', code: error.code };
        const act = { action: 'user.login_failed', after };
        await this.audit.recordRefusal({ subjectType: 'user', subjectId: userId ?? null, ...act });
      }
      throw error;
    }
  }
}
