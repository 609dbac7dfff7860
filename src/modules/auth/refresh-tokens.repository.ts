import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

const moment = (parameter: string): string => `'epoch'::timestamptz + ${parameter}::bigint * interval '1 microsecond'`;
const micros = (column: string): string => `(extract(epoch FROM ${column}) * 1000000)::bigint`;
/** Whatever a user was issued before a revocation is void, refresh tokens too. */
const NOT_REVOKED_WITH_USER = `NOT EXISTS (SELECT FROM revocations r
  WHERE r.kind = 'user' AND r.subject = t.user_id AND r.revoked_at > t.created_at)`;

// Not older than what revoked all that the user had, though that may be from a replica whose clock is ahead.
const INSERT = statement(
  'refresh-tokens.insert',
  `INSERT INTO refresh_tokens (id, family_id, user_id, token_hash, created_at, expires_at, parent_id)
   VALUES ($1, $2, $3::uuid, $4, GREATEST(${moment('$5')},
     (SELECT revoked_at FROM revocations WHERE kind = 'user' AND subject = $3::uuid)), $6, $7)
   RETURNING ${micros('created_at')} AS "issuedAt"`,
);
const FIND = statement(
  'refresh-tokens.find',
  `SELECT id, family_id AS "familyId", user_id AS "userId", expires_at AS "expiresAt",
     ${micros('spent_at')} AS "spentAt"
   FROM refresh_tokens WHERE token_hash = $1`,
);
const FIND_SPENT = statement(
  'refresh-tokens.find-spent',
  `SELECT ${micros('t.spent_at')} AS "spentAt", t.raced_at IS NOT NULL AS raced, s.id IS NOT NULL AS "successorUnused",
     ${micros('s.lost_at')} AS "lostAt"
   FROM refresh_tokens t LEFT JOIN refresh_tokens s
     ON s.family_id = t.family_id AND s.parent_id = t.id AND s.spent_at IS NULL AND s.revoked_at IS NULL
   WHERE t.id = $1 AND t.spent_at IS NOT NULL`,
);
const MARK_RACED = statement(
  'refresh-tokens.mark-raced',
  `UPDATE refresh_tokens SET raced_at = COALESCE(raced_at, ${moment('$2')}) WHERE id = $1 AND spent_at IS NOT NULL`,
);
const MARK_LOST = statement(
  'refresh-tokens.mark-lost',
  `UPDATE refresh_tokens SET lost_at = ${moment('$2')}
   WHERE token_hash = $1 AND spent_at IS NULL AND revoked_at IS NULL`,
);
const REVOKE_SUCCESSOR = statement(
  'refresh-tokens.revoke-successor',
  `UPDATE refresh_tokens t SET revoked_at = ${moment('$3')}
   WHERE family_id = $1 AND parent_id = $2 AND spent_at IS NULL AND revoked_at IS NULL AND ${NOT_REVOKED_WITH_USER}`,
);
const SPEND = statement(
  'refresh-tokens.spend',
  `UPDATE refresh_tokens t SET spent_at = ${moment('$2')}
   WHERE id = $1 AND spent_at IS NULL AND revoked_at IS NULL AND expires_at > ${moment('$2')}
     AND ${NOT_REVOKED_WITH_USER}`,
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
     max(expires_at) AS "expiresAt",
     bool_or(spent_at IS NULL AND revoked_at IS NULL AND expires_at > $2 AND ${NOT_REVOKED_WITH_USER}) AS live
   FROM refresh_tokens t WHERE user_id = $1 GROUP BY family_id ORDER BY 2`,
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
  /** The token that was spent for it, if one was. */
  readonly parentId: string | null;
}

/** What became of a spent token. Moments are microseconds since the epoch. */
export interface SpentRefreshToken {
  readonly spentAt: number;
  readonly raced: boolean;
  readonly successorUnused: boolean;
  readonly lostAt: number | undefined;
}

interface SpentRow {
  readonly spentAt: bigint;
  readonly raced: boolean;
  readonly successorUnused: boolean;
  readonly lostAt: bigint | null;
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
  /** Whether it can still be refreshed. */
  readonly live: boolean;
}

/** Keeps the hashes of refresh tokens. */
@Injectable()
export class RefreshTokensRepository extends BaseRepository {
  /** Keeps a token; tells when it counts as issued, which is at the moment given, or later. */
  async insert({ familyId, userId, tokenHash, issuedAt, expiresAt, parentId }: NewRefreshToken): Promise<number> {
    const values = [newId(), familyId, userId, tokenHash, issuedAt, expiresAt, parentId];
    return Number((await this.first<{ issuedAt: bigint }>(INSERT, values))?.issuedAt);
  }

  find(tokenHash: Buffer): Promise<StoredRefreshToken | undefined> {
    return this.first<StoredRefreshToken & Record<string, unknown>>(FIND, [tokenHash]);
  }

  /** Spends a token; tells whether it was still good for that. */
  async spend(id: string, at: number): Promise<boolean> {
    return (await this.affect(SPEND, [id, at])) === 1;
  }

  /** What became of a token that was spent; undefined where it was not. */
  async findSpent(id: string): Promise<SpentRefreshToken | undefined> {
    const row = await this.first<SpentRow & Record<string, unknown>>(FIND_SPENT, [id]);
    if (row === undefined) return undefined;
    const { raced, successorUnused, lostAt } = row;
    return {
      spentAt: Number(row.spentAt),
      raced,
      successorUnused,
      lostAt: lostAt === null ? undefined : Number(lostAt),
    };
  }

  /** Notes that requests raced for a token; tells whether it was spent, as a race leaves it. */
  async markRaced(id: string, at: number): Promise<boolean> {
    return (await this.affect(MARK_RACED, [id, at])) === 1;
  }

  /** Notes that the answer with a token did not arrive. */
  async markLost(tokenHash: Buffer, at: number): Promise<void> {
    await this.affect(MARK_LOST, [tokenHash, at]);
  }

  /** Revokes what a token was exchanged for, if it is as it was handed out; tells whether it was. */
  async revokeSuccessor({ id, familyId }: StoredRefreshToken, at: number): Promise<boolean> {
    return (await this.affect(REVOKE_SUCCESSOR, [familyId, id, at])) === 1;
  }

  /** Tells whether the family was live. */
  async revokeFamily(familyId: string, at: number): Promise<boolean> {
    return (await this.affect(REVOKE_FAMILY, [familyId, at])) > 0;
  }

  /** Revokes every family of a user but one; tells which were live. */
  async revokeOtherFamilies(userId: string, familyId: string, at: number): Promise<string[]> {
    return (await this.rows<{ familyId: string }>(REVOKE_OTHERS, [userId, familyId, at])).map((row) => row.familyId);
  }

  /** The sessions of a user as they stand at a moment, oldest first. */
  sessions(userId: string, now: Date): Promise<SessionRow[]> {
    return this.rows<SessionRow & Record<string, unknown>>(SESSIONS, [userId, now]);
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
