import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { OidcIdentity } from '../../platform/security/oidc-client.js';
import type { OidcProfile } from '../../platform/security/oidc-profile.js';
import { AuditApi } from '../audit/audit.api.js';
import { type UserResponse, UsersApi } from '../users/users.api.js';
import { AccountClosed, OidcEmailMissing } from './auth.errors.js';
import { UserIdentitiesRepository } from './user-identities.repository.js';

/** Which account belongs to whom at the OpenID provider. */
@Injectable()
export class OidcAccounts {
  constructor(
    @Inject(UserIdentitiesRepository) private readonly identities: UserIdentitiesRepository,
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditApi) private readonly audit: AuditApi,
  ) {}

  /** The id of the account of a person who was here before. */
  findOwner({ issuer, subject }: OidcIdentity): Promise<string | undefined> {
    return this.identities.findOwner(issuer, subject);
  }

  /**
   * Gives a person an account, in the transaction that logs in: the one of their email address, if the provider has
   * verified it and so have we, else a new one. Without either half somebody could come into an account by claiming its
   * address, or prepare one for its owner to walk into.
   * @throws {OidcEmailMissing | EmailTaken}
   */
  async adopt({ issuer, subject }: OidcIdentity, profile: OidcProfile): Promise<string> {
    const { email, emailVerified, name } = profile;
    if (email === undefined) throw new OidcEmailMissing();
    const known = emailVerified ? await this.users.lockByVerifiedEmail(email) : undefined;
    const person = { email, emailVerified, name: name ?? email.slice(0, email.lastIndexOf('@')), passwordHash: null };
    const userId = known ?? (await this.users.create({ ...person, by: 'provider' })).id;
    const linked = await this.identities.insert({ issuer, subject, userId, createdAt: this.clock.now() });
    if (!linked) return (await this.identities.findOwner(issuer, subject)) ?? userId;
    const act = {
      action: 'user.identity_linked',
      actorId: userId,
      after: { issuer },
      personal: { after: { subject } },
    };
    await this.audit.record({ subjectType: 'user', subjectId: userId, ...act });
    return userId;
  }

  /** Notes the login, and locks the account until the transaction ends. @throws {AccountClosed} */
  async open(userId: string): Promise<UserResponse> {
    const user = await this.users.recordSignIn(userId);
    if (user === undefined) throw new AccountClosed();
    return user;
  }
}
