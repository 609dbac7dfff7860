import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { emailKey } from '../../common/email.js';
import { hashToken, isToken, newToken } from '../../common/tokens.js';
import { RESET_MINUTES, VERIFICATION_HOURS } from './account-tokens.js';
import type { OneTimePurpose } from './one-time-token.entity.js';
import { InvalidOneTimeToken } from './one-time-token.errors.js';
import { OneTimeTokensRepository, type TokenOwner } from './one-time-tokens.repository.js';

const MINUTE_MS = 60_000;
const LIFETIME_MS: Readonly<Record<OneTimePurpose, number>> = {
  email_verification: VERIFICATION_HOURS * 60 * MINUTE_MS,
  password_reset: RESET_MINUTES * MINUTE_MS,
};

/** Tokens that are mailed to a user and work once. */
@Injectable()
export class OneTimeTokensService {
  constructor(
    @Inject(OneTimeTokensRepository) private readonly tokens: OneTimeTokensRepository,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** A new token for a user, for the address that it is about to be mailed to. An older one is void from now on. */
  async issue(purpose: OneTimePurpose, userId: string, email: string): Promise<string> {
    const token = newToken();
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + LIFETIME_MS[purpose]);
    const tokenHash = hashToken(token);
    await this.tokens.put({ userId, purpose, emailKey: emailKey(email), tokenHash, createdAt, expiresAt });
    return token;
  }

  /**
   * Refuses a token that is not good, before anything costly is done for it.
   * @throws {InvalidOneTimeToken}
   */
  async check(purpose: OneTimePurpose, token: string): Promise<void> {
    const good = isToken(token) && (await this.tokens.exists(purpose, hashToken(token), this.clock.now()));
    if (!good) throw new InvalidOneTimeToken();
  }

  /**
   * Uses a token up, if the transaction of this context commits.
   * @throws {InvalidOneTimeToken}
   */
  async use(purpose: OneTimePurpose, token: string): Promise<TokenOwner> {
    const owner = isToken(token) ? await this.tokens.use(purpose, hashToken(token), this.clock.now()) : undefined;
    if (owner === undefined) throw new InvalidOneTimeToken();
    return owner;
  }
}
