import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { PersonalData } from '../../common/personal-data.js';
import { RevocationList } from '../../platform/security/revocation-list.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';

/** A session as its user may know of it. */
interface SessionExport {
  readonly id: string;
  readonly startedAt: string;
  readonly refreshedAt: string;
  readonly expiresAt: string;
  readonly live: boolean;
}

/** The sessions of a user, as personal data: when they began and were last refreshed, and no token nor its hash. */
@Injectable()
export class SessionPrivacy implements PersonalData {
  readonly section = 'sessions';

  constructor(
    private readonly refreshTokens: RefreshTokensRepository,
    private readonly revocations: RevocationList,
    private readonly clock: Clock,
  ) {}

  async exportOf(userId: string): Promise<SessionExport[]> {
    const sessions = await this.refreshTokens.sessions(userId, this.clock.now());
    return sessions.map(({ id, startedAt, refreshedAt, expiresAt, live }) => ({
      id,
      startedAt: startedAt.toISOString(),
      refreshedAt: refreshedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      live,
    }));
  }

  /** Ends every session; the list of revoked tokens keeps the user's id for as long as one of them could live. */
  async erase(userId: string): Promise<void> {
    await this.revocations.revokeUser(userId);
    await this.refreshTokens.forget(userId);
  }
}
