import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { hashToken, isToken, newToken } from '../../common/tokens.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AccessTokens } from '../../platform/security/access-tokens.js';
import type { Role } from '../../platform/security/permissions.js';
import { TokenTimes } from '../../platform/security/token-times.js';
import { UsersApi } from '../users/users.api.js';
import { RefreshTokenExpired, RefreshTokenInvalid, RefreshTokenRevoked } from './auth.errors.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SessionEnds } from './session-ends.service.js';
import { UnderWay } from './under-way.js';

/** What a login, and each refresh, hands out. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds that the access token lives. */
  readonly expiresIn: number;
}

/** A request that lost the race waits for so long, so that the last of the same burst overlap with it. */
const STRAGGLERS_MS = 250;

/**
 * Sessions: a login starts a family of refresh tokens, each of which is spent for the next (RFC 9700, section 4.14.2).
 * Whatever changes the sessions of a user locks the user's row first, so that a refresh cannot slip past a logout.
 */
@Injectable()
export class SessionsService {
  private readonly refreshing = new UnderWay();

  constructor(
    @Inject(RefreshTokensRepository) private readonly refreshTokens: RefreshTokensRepository,
    @Inject(AccessTokens) private readonly accessTokens: AccessTokens,
    @Inject(TokenTimes) private readonly times: TokenTimes,
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(SessionEnds) private readonly ends: SessionEnds,
  ) {}

  /** Starts a session, in the transaction that made the user or locked the user's row. */
  start(userId: string, role: Role): Promise<TokenPair> {
    return this.issue(userId, role, newId());
  }

  /**
   * Spends a refresh token for a new pair. One that is spent already is taken for stolen, and its whole family is
   * revoked. Requests that overlap are not: of a client's tabs that refresh side by side one gets the successor, the
   * others are refused, and the session goes on.
   * @throws {RefreshTokenInvalid | RefreshTokenExpired | RefreshTokenRevoked}
   */
  async refresh(refreshToken: string): Promise<TokenPair> {
    if (!isToken(refreshToken)) throw new RefreshTokenInvalid();
    const arrivedAt = this.times.next();
    const hash = hashToken(refreshToken);
    // The outcome is returned rather than thrown, so that a revocation is committed along with the refusal.
    const outcome = await this.refreshing.run(hash.toString('base64'), async (besideOthers) => {
      const result = await this.rotate(hash, besideOthers ? Number.NEGATIVE_INFINITY : arrivedAt);
      if (besideOthers && result instanceof Error) await delay(STRAGGLERS_MS);
      return result;
    });
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /** @param reusedFrom a token that was spent at this moment or earlier is reused, not raced for */
  private async rotate(hash: Buffer, reusedFrom: number): Promise<TokenPair | Error> {
    const token = await this.refreshTokens.find(hash);
    if (token === undefined) return new RefreshTokenInvalid();
    return this.uow.run(async () => {
      const account = await this.users.lock(token.userId);
      if (!account?.active) return new RefreshTokenRevoked();
      const now = this.times.next();
      if (await this.refreshTokens.spend(token.id, now)) return this.issue(token.userId, account.role, token.familyId);
      const { spentAt, expiresAt } = (await this.refreshTokens.find(hash)) ?? token;
      if (spentAt !== null && Number(spentAt) <= reusedFrom) await this.ends.endReused(token.userId, token.familyId);
      const expired = spentAt === null && expiresAt.getTime() * 1_000 <= now;
      return expired ? new RefreshTokenExpired() : new RefreshTokenRevoked();
    });
  }

  private async issue(userId: string, role: Role, familyId: string): Promise<TokenPair> {
    const issuedAt = this.times.next();
    const refreshToken = newToken();
    const tokenHash = hashToken(refreshToken);
    const expiresAt = this.times.refreshExpiry(issuedAt);
    await this.refreshTokens.insert({ familyId, userId, tokenHash, issuedAt, expiresAt });
    const accessToken = this.accessTokens.issue({ userId, role, familyId, issuedAt });
    return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn: this.times.accessSeconds };
  }
}
