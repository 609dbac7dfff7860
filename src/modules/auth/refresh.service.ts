import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { hashToken, isToken } from '../../common/tokens.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { TokenExpired, TokenInvalid, TokenRevoked } from '../../platform/security/token.errors.js';
import { TokenTimes } from '../../platform/security/token-times.js';
import { UsersApi } from '../users/users.api.js';
import { RefreshTokensRepository, type StoredRefreshToken } from './refresh-tokens.repository.js';
import { judge, type Verdict } from './refresh-verdict.js';
import { SessionEnds } from './session-ends.service.js';
import { SessionsService, type TokenPair } from './sessions.service.js';
import { UnderWay } from './under-way.js';

/** How long a spent token that comes alone is held, for others of the same burst to show themselves. */
const HOLD_MS = 500;
/** What refusals call it. */
const CREDENTIAL = 'refresh token';

/** Exchanges refresh tokens (RFC 9700, section 4.14.2; the grace is explained in docs/decisions/0006-refresh-grace.md). */
@Injectable()
export class RefreshService {
  private readonly underWay = new UnderWay();

  constructor(
    @Inject(RefreshTokensRepository) private readonly refreshTokens: RefreshTokensRepository,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(SessionEnds) private readonly ends: SessionEnds,
    @Inject(TokenTimes) private readonly times: TokenTimes,
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
  ) {}

  /**
   * Spends a refresh token for a new pair. Of requests that race one gets the pair and the others are refused. One that
   * was spent before is taken for stolen, and its family revoked, unless its answer is known not to have arrived.
   * @param delivered whether the answer reached the client, as far as can be told
   * @throws {TokenInvalid | TokenExpired | TokenRevoked}
   */
  async refresh(refreshToken: string, delivered: Promise<boolean> = Promise.resolve(true)): Promise<TokenPair> {
    if (!isToken(refreshToken)) throw new TokenInvalid(CREDENTIAL);
    const hash = hashToken(refreshToken);
    // The outcome is returned rather than thrown, so that a revocation is committed along with the refusal.
    const outcome = await this.underWay.run(hash.toString('base64'), async (besideOthers) => {
      const token = await this.refreshTokens.find(hash);
      if (token === undefined) return new TokenInvalid(CREDENTIAL);
      return token.spentAt === null ? this.exchange(token) : this.presentedAgain(token, besideOthers);
    });
    if (outcome instanceof Error) throw outcome;
    void this.noteLoss(outcome, delivered);
    return outcome;
  }

  /** A token that was not spent when this request came. */
  private exchange(token: StoredRefreshToken): Promise<TokenPair | Error> {
    return this.uow.run(async () => {
      const account = await this.users.lock(token.userId);
      if (!account?.active) return new TokenRevoked(CREDENTIAL);
      const now = this.times.next();
      if (await this.refreshTokens.spend(token.id, now)) {
        return this.sessions.issue({ ...token, role: account.role, parentId: token.id });
      }
      // Spent since it was found: another request was quicker, and whatever comes behind this one is of the same race.
      if (await this.refreshTokens.markRaced(token.id, now)) return new TokenRevoked(CREDENTIAL);
      return token.expiresAt.getTime() * 1_000 <= now ? new TokenExpired(CREDENTIAL) : new TokenRevoked(CREDENTIAL);
    });
  }

  private async presentedAgain(token: StoredRefreshToken, besideOthers: boolean): Promise<TokenPair | Error> {
    const outcome = await this.rule(token, { besideOthers, waited: false });
    if (outcome !== 'wait') return outcome;
    await delay(HOLD_MS);
    const ruled = await this.rule(token, { besideOthers: false, waited: true });
    return ruled === 'wait' ? new TokenRevoked(CREDENTIAL) : ruled;
  }

  private rule(
    token: StoredRefreshToken,
    circumstances: { readonly besideOthers: boolean; readonly waited: boolean },
  ): Promise<TokenPair | Error | 'wait'> {
    return this.uow.run(async () => {
      const account = await this.users.lock(token.userId);
      const past = await this.refreshTokens.findSpent(token.id);
      if (!account?.active || past === undefined) return new TokenRevoked(CREDENTIAL);
      const now = this.times.next();
      const verdict: Verdict = judge({ ...past, ...circumstances }, now, this.times.refreshGraceSeconds);
      if (verdict === 'wait') return 'wait';
      if (verdict === 'refuse') await this.refreshTokens.markRaced(token.id, now);
      if (verdict === 'reuse') await this.ends.endReused(token.userId, token.familyId);
      if (verdict !== 'replace' || !(await this.refreshTokens.revokeSuccessor(token, now))) {
        return new TokenRevoked(CREDENTIAL);
      }
      return this.sessions.issue({ ...token, role: account.role, parentId: token.id });
    });
  }

  /** Never fails: what cannot be noted is as if it had arrived. */
  private async noteLoss({ refreshToken }: TokenPair, delivered: Promise<boolean>): Promise<void> {
    if (await delivered) return;
    await this.refreshTokens.markLost(hashToken(refreshToken), this.times.next()).catch(() => undefined);
  }
}
