import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { hashToken, newToken } from '../../common/tokens.js';
import { AccessTokens } from '../../platform/security/access-tokens.js';
import type { Role } from '../../platform/security/permissions.js';
import { TokenTimes } from '../../platform/security/token-times.js';
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
    @Inject(TokenTimes) private readonly times: TokenTimes,
  ) {}

  /** Starts a session, in the transaction that made the user or locked the user's row. */
  start(userId: string, role: Role): Promise<TokenPair> {
    return this.issue({ userId, role, familyId: newId(), parentId: null });
  }

  /** Hands out the next pair of a session, in a transaction that has locked the user's row. */
  async issue({ userId, role, familyId, parentId }: SessionStep): Promise<TokenPair> {
    const now = this.times.next();
    const refreshToken = newToken();
    const tokenHash = hashToken(refreshToken);
    const expiresAt = this.times.refreshExpiry(now);
    const token = { familyId, userId, tokenHash, issuedAt: now, expiresAt, parentId };
    const issuedAt = await this.refreshTokens.insert(token);
    const accessToken = this.accessTokens.issue({ userId, role, familyId, issuedAt });
    return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn: this.times.accessSeconds };
  }
}
