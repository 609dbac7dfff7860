import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { hashToken, newToken } from '../../common/tokens.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AccessTokens } from '../../platform/security/access-tokens.js';
import type { Role } from '../../platform/security/permissions.js';
import type { UserPrincipal } from '../../platform/security/principal.js';
import { RevocationList } from '../../platform/security/revocation-list.js';
import { TokenTimes } from '../../platform/security/token-times.js';
import { UsersApi } from '../users/users.api.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';

/** What a login, and each refresh, hands out. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds that the access token lives. */
  readonly expiresIn: number;
}

/** One step of a session: a login, or a refresh. */
export interface SessionStep {
  readonly userId: string;
  readonly role: Role;
  readonly familyId: string;
  /** The refresh token that was spent for it, if one was. */
  readonly parentId: string | null;
}

/**
 * Sessions: a login starts a family of refresh tokens, each of which is spent for the next (RFC 9700, section 4.14.2).
 * Whatever changes the sessions of a user locks the user's row first, so that a refresh cannot slip past a logout.
 */
@Injectable()
export class SessionsService {
  constructor(
    @Inject(RefreshTokensRepository) private readonly refreshTokens: RefreshTokensRepository,
    @Inject(AccessTokens) private readonly accessTokens: AccessTokens,
    @Inject(RevocationList) private readonly revocations: RevocationList,
    @Inject(TokenTimes) private readonly times: TokenTimes,
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
  ) {}

  /** Starts a session, in the transaction that made the user or locked the user's row. */
  start(userId: string, role: Role): Promise<TokenPair> {
    return this.issue({ userId, role, familyId: newId(), parentId: null });
  }

  /** Ends the session that a request belongs to, its access token first of all. */
  end({ userId, tokenId, tokenExpiresAt, familyId }: UserPrincipal): Promise<void> {
    return this.uow.run(async () => {
      await this.users.lock(userId);
      await this.revocations.revokeToken(tokenId, tokenExpiresAt);
      await this.revokeFamily(familyId);
    });
  }

  /** Ends every session of a user. */
  endAll({ userId, familyId }: UserPrincipal): Promise<void> {
    return this.uow.run(async () => {
      await this.users.lock(userId);
      // By name too: the token of this request may be from a replica whose clock is ahead of ours.
      await this.revokeFamily(familyId);
      await this.revocations.revokeUser(userId);
    });
  }

  /** Ends every session of a user but that of a request, in a transaction that has locked the user's row. */
  async endOthers({ userId, familyId }: UserPrincipal): Promise<void> {
    const others = await this.refreshTokens.revokeOtherFamilies(userId, familyId, this.times.next());
    await this.revocations.revokeFamilies(others);
  }

  /** Ends one session, in a transaction that has locked the user's row; tells whether it was live. */
  async revokeFamily(familyId: string): Promise<boolean> {
    const live = await this.refreshTokens.revokeFamily(familyId, this.times.next());
    await this.revocations.revokeFamilies([familyId]);
    return live;
  }

  /** Hands out the next pair of a session, in a transaction that has locked the user's row. */
  async issue({ userId, role, familyId, parentId }: SessionStep): Promise<TokenPair> {
    const issuedAt = this.times.next();
    const refreshToken = newToken();
    const tokenHash = hashToken(refreshToken);
    const expiresAt = this.times.refreshExpiry(issuedAt);
    await this.refreshTokens.insert({ familyId, userId, tokenHash, issuedAt, expiresAt, parentId });
    const accessToken = this.accessTokens.issue({ userId, role, familyId, issuedAt });
    return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn: this.times.accessSeconds };
  }
}
