import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { AccessToken } from './access-token.js';
import { type RevocationEntry, RevocationSnapshot } from './revocation-snapshot.js';
import { RevocationsRepository } from './revocations.repository.js';
import { TokenTimes } from './token-times.js';

/** Milliseconds between two looks at what other replicas have revoked. */
const POLL_INTERVAL = 500;
/** Milliseconds for which the last look is trusted; past that each token is looked up in PostgreSQL. */
const TRUSTED_FOR = 1_000;
/** Milliseconds that each look reaches back: longer than a transaction lasts between writing and committing. */
const OVERLAP = 30_000;
const PRUNE_INTERVAL = 60_000;

/**
 * Which access tokens were taken back before their time. PostgreSQL has the truth; each process keeps a copy in memory,
 * to which its own revocations are added as they commit, and those of other replicas within a second.
 */
@Injectable()
export class RevocationList implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(RevocationList.name);
  private readonly snapshot = new RevocationSnapshot();
  /** On the database's clock, since those of the replicas may differ. */
  private readFrom = new Date(0);
  /** On the clock of performance.now(), which neither tests nor operators set. */
  private trustedUntil = Number.NEGATIVE_INFINITY;
  private prunedAt = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void> = Promise.resolve();
  private stopped = false;
  private failing = false;

  constructor(
    @Inject(RevocationsRepository) private readonly repository: RevocationsRepository,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(TokenTimes) private readonly times: TokenTimes,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.poll();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.polling;
  }

  /** Whether a token was revoked; a promise of it while PostgreSQL has to be asked. */
  isRevoked(token: AccessToken): boolean | Promise<boolean> {
    if (this.snapshot.voids(token)) return true;
    return performance.now() <= this.trustedUntil ? false : this.isRevokedInDatabase(token);
  }

  /** Revokes one access token that expires at a moment, in seconds since the epoch. */
  revokeToken(tokenId: string, expiresAt: number): Promise<void> {
    const revokedAt = this.times.next();
    return this.record([{ kind: 'token', subject: tokenId, revokedAt, expiresAt: new Date(expiresAt * 1_000) }]);
  }

  /** Revokes every access token of some refresh families. */
  revokeFamilies(familyIds: readonly string[]): Promise<void> {
    const revokedAt = this.times.next();
    const expiresAt = this.times.accessExpiry(revokedAt);
    return this.record(familyIds.map((subject) => ({ kind: 'family', subject, revokedAt, expiresAt })));
  }

  /**
   * Revokes every access and refresh token that a user was issued until now. In the transaction of what the user lost,
   * after the user's row was locked: a login that waits for that lock gets a token that is younger than this. Which came
   * first is seen in the database and not by the clocks of replicas, which may differ.
   */
  revokeUser(userId: string): Promise<void> {
    const revokedAt = this.times.next();
    return this.record([{ kind: 'user', subject: userId, revokedAt, expiresAt: this.times.refreshExpiry(revokedAt) }]);
  }

  /** Deletes up to 1,000 entries that no living token needs; tells how many. */
  sweep(): Promise<number> {
    return this.repository.sweep(this.clock.now());
  }

  private async record(entries: readonly RevocationEntry[]): Promise<void> {
    const recorded = await this.repository.record(entries);
    this.uow.afterCommit(() => {
      for (const entry of recorded) this.snapshot.add(entry);
    });
  }

  private async isRevokedInDatabase(token: AccessToken): Promise<boolean> {
    const concerning = new RevocationSnapshot();
    for (const entry of await this.repository.concerning(token)) concerning.add(entry);
    return concerning.voids(token);
  }

  private async poll(): Promise<void> {
    this.polling = this.synchronise();
    await this.polling;
    if (!this.stopped) this.timer = setTimeout(() => void this.poll(), POLL_INTERVAL).unref();
  }

  /** Never fails: while PostgreSQL is away the memory is not trusted, and the next look reaches back as far. */
  private async synchronise(): Promise<void> {
    const askedAt = performance.now();
    try {
      const { at, entries } = await this.repository.since(this.readFrom);
      for (const entry of entries) this.snapshot.add(entry);
      this.readFrom = new Date(at.getTime() - OVERLAP);
      this.trustedUntil = askedAt + TRUSTED_FOR;
      if (this.failing) this.logger.log('The list of revoked tokens is up to date again.');
      this.failing = false;
      this.prune(askedAt);
    } catch (error) {
      if (!this.failing) this.logger.warn({ err: error }, 'The list of revoked tokens cannot be read; trying on.');
      this.failing = true;
    }
  }

  private prune(now: number): void {
    if (now - this.prunedAt < PRUNE_INTERVAL) return;
    this.prunedAt = now;
    this.snapshot.prune(this.clock.now());
  }
}
