import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

const moment = (parameter: string): string => `'epoch'::timestamptz + ${parameter}::bigint * interval '1 microsecond'`;

const INSERT = statement(
  'refresh-tokens.insert',
  `INSERT INTO refresh_tokens (id, family_id, user_id, token_hash, created_at, expires_at)
   VALUES ($1, $2, $3, $4, ${moment('$5')}, $6)`,
);
const FIND = statement(
  'refresh-tokens.find',
  `SELECT id, family_id AS "familyId", user_id AS "userId", expires_at AS "expiresAt",
     (extract(epoch FROM spent_at) * 1000000)::bigint AS "spentAt"
   FROM refresh_tokens WHERE token_hash = $1`,
);
// Whatever a user was issued before a revocation is void, refresh tokens too.
const SPEND = statement(
  'refresh-tokens.spend',
  `UPDATE refresh_tokens t SET spent_at = ${moment('$2')}
   WHERE id = $1 AND spent_at IS NULL AND revoked_at IS NULL AND expires_at > ${moment('$2')}
     AND NOT EXISTS (SELECT FROM revocations r
       WHERE r.kind = 'user' AND r.subject = t.user_id AND r.revoked_at > t.created_at)`,
);
const REVOKE_FAMILY = statement(
  'refresh-tokens.revoke-family',
  `UPDATE refresh_tokens SET revoked_at = ${moment('$2')}
   WHERE family_id = $1 AND spent_at IS NULL AND revoked_at IS NULL`,
);
const REVOKE_OTHERS = statement(
  'refresh-tokens.revoke-others',
  `UPDATE refresh_tokens SET revoked_at = ${moment('$3')}
   WHERE user_id = $1 AND family_id <> $2 AND spent_at IS NULL AND revoked_at IS NULL
   RETURNING family_id AS "familyId"`,
);
const SESSIONS = statement(
  'refresh-tokens.sessions',
  `SELECT family_id AS id, min(created_at) AS "startedAt", max(created_at) AS "refreshedAt",
     max(expires_at) AS "expiresAt", bool_or(spent_at IS NULL AND revoked_at IS NULL) AS live
   FROM refresh_tokens WHERE user_id = $1 GROUP BY family_id ORDER BY 2`,
);
const FORGET = statement('refresh-tokens.forget', 'DELETE FROM refresh_tokens WHERE user_id = $1');
const SWEEP = statement(
  'refresh-tokens.sweep',
  `DELETE FROM refresh_tokens WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM refresh_tokens WHERE expires_at < $1 ORDER BY expires_at LIMIT 1000))`,
);

/** A refresh token to keep. Moments are microseconds since the epoch. */
export interface NewRefreshToken {
  readonly familyId: string;
  readonly userId: string;
  readonly tokenHash: Buffer;
  readonly issuedAt: number;
  readonly expiresAt: Date;
}

export interface StoredRefreshToken {
  readonly id: string;
  readonly familyId: string;
  readonly userId: string;
  readonly expiresAt: Date;
  /** Microseconds since the epoch. */
  readonly spentAt: bigint | null;
}

/** A session as far as its refresh tokens are kept. */
export interface SessionRow {
  readonly id: string;
  readonly startedAt: Date;
  readonly refreshedAt: Date;
  readonly expiresAt: Date;
  /** Whether none of its tokens was taken back. */
  readonly live: boolean;
}

/** Keeps the hashes of refresh tokens. */
@Injectable()
export class RefreshTokensRepository extends BaseRepository {
  async insert({ familyId, userId, tokenHash, issuedAt, expiresAt }: NewRefreshToken): Promise<void> {
    await this.affect(INSERT, [newId(), familyId, userId, tokenHash, issuedAt, expiresAt]);
  }

  find(tokenHash: Buffer): Promise<StoredRefreshToken | undefined> {
    return this.first<StoredRefreshToken & Record<string, unknown>>(FIND, [tokenHash]);
  }

  /** Spends a token; tells whether it was still good for that. */
  async spend(id: string, at: number): Promise<boolean> {
    return (await this.affect(SPEND, [id, at])) === 1;
  }

  async revokeFamily(familyId: string, at: number): Promise<void> {
    await this.affect(REVOKE_FAMILY, [familyId, at]);
  }

  /** Revokes every family of a user but one; tells which were live. */
  async revokeOtherFamilies(userId: string, familyId: string, at: number): Promise<string[]> {
    return (await this.rows<{ familyId: string }>(REVOKE_OTHERS, [userId, familyId, at])).map((row) => row.familyId);
  }

  /** The sessions of a user, oldest first. */
  sessions(userId: string): Promise<SessionRow[]> {
    return this.rows<SessionRow & Record<string, unknown>>(SESSIONS, [userId]);
  }

  /** Deletes every token of a user. */
  async forget(userId: string): Promise<void> {
    await this.affect(FORGET, [userId]);
  }

  /** Deletes up to 1,000 tokens that expired before a moment; tells how many. */
  sweep(before: Date): Promise<number> {
    return this.affect(SWEEP, [before]);
  }
}
