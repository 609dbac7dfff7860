import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { OneTimePurpose, OneTimeToken } from './one-time-token.entity.js';

const PUT = statement(
  'one-time-tokens.put',
  `INSERT INTO one_time_tokens (user_id, purpose, email_key, token_hash, created_at, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (user_id, purpose) DO UPDATE SET email_key = EXCLUDED.email_key, token_hash = EXCLUDED.token_hash,
     created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at`,
);
const EXISTS = statement(
  'one-time-tokens.exists',
  'SELECT true AS good FROM one_time_tokens WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3',
);
const USE = statement(
  'one-time-tokens.use',
  `DELETE FROM one_time_tokens WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3
   RETURNING user_id AS "userId", email_key AS "emailKey"`,
);
const SWEEP = statement(
  'one-time-tokens.sweep',
  `DELETE FROM one_time_tokens WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM one_time_tokens WHERE expires_at < $1 ORDER BY expires_at LIMIT 1000))`,
);

/** Whom a token belongs to, and the address that it was sent to. */
export interface TokenOwner {
  readonly userId: string;
  readonly emailKey: string;
}

/** Keeps the hashes of tokens that work once. */
@Injectable()
export class OneTimeTokensRepository extends BaseRepository {
  /** Keeps a token, in the place of the one that its user had for the same purpose. */
  async put(token: OneTimeToken): Promise<void> {
    const { userId, purpose, emailKey, tokenHash, createdAt, expiresAt } = token;
    await this.affect(PUT, [userId, purpose, emailKey, tokenHash, createdAt, expiresAt]);
  }

  /** Whether a token is good at a moment. It may be used by another request before it is by this one. */
  async exists(purpose: OneTimePurpose, tokenHash: Buffer, now: Date): Promise<boolean> {
    return (await this.first(EXISTS, [tokenHash, purpose, now])) !== undefined;
  }

  /** Uses a token up; undefined where it was not good. Of two at once one waits, and finds it gone. */
  use(purpose: OneTimePurpose, tokenHash: Buffer, now: Date): Promise<TokenOwner | undefined> {
    return this.first<TokenOwner & Record<string, unknown>>(USE, [tokenHash, purpose, now]);
  }

  /** Deletes up to 1,000 tokens that expired before a moment; tells how many. */
  sweep(before: Date): Promise<number> {
    return this.affect(SWEEP, [before]);
  }
}
