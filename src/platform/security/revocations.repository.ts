import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../database/base.repository.js';
import { statement } from '../database/statement.js';
import type { AccessToken } from './access-token.js';
import type { RevocationKind } from './revocation.entity.js';
import type { RevocationEntry } from './revocation-snapshot.js';

const MOMENT = `'epoch'::timestamptz + $3::bigint * interval '1 microsecond'`;
const COLUMNS = 'kind, subject, (extract(epoch FROM revoked_at) * 1000000)::bigint AS revoked_at, expires_at';

// Sorted, so that two that revoke the same families wait for each other instead of deadlocking. What a user was issued
// is older than the revocation, also where it came from a replica whose clock is ahead: each access token has a refresh
// token of the same moment.
const RECORD = statement(
  'revocations.record',
  `INSERT INTO revocations (kind, subject, revoked_at, expires_at, recorded_at)
   SELECT $1::text, subject,
     GREATEST(${MOMENT}, (SELECT max(t.created_at) + interval '1 microsecond' FROM refresh_tokens t
       WHERE $1::text = 'user' AND t.user_id = subject)),
     $4, clock_timestamp()
   FROM unnest($2::uuid[]) AS subject ORDER BY subject
   ON CONFLICT (kind, subject) DO UPDATE SET
     revoked_at = GREATEST(revocations.revoked_at, EXCLUDED.revoked_at),
     expires_at = GREATEST(revocations.expires_at, EXCLUDED.expires_at),
     recorded_at = EXCLUDED.recorded_at
   RETURNING ${COLUMNS}`,
);
// One row at least, so that the database's clock is told even where nothing is new.
const SINCE = statement(
  'revocations.since',
  `WITH present AS MATERIALIZED (SELECT clock_timestamp() AS at)
   SELECT present.at, r.* FROM present
   LEFT JOIN (SELECT ${COLUMNS} FROM revocations WHERE recorded_at > $1) r ON true`,
);
const CONCERNING = statement(
  'revocations.concerning',
  `SELECT ${COLUMNS} FROM revocations
   WHERE (kind = 'token' AND subject = $1) OR (kind = 'family' AND subject = $2) OR (kind = 'user' AND subject = $3)`,
);
const SWEEP = statement(
  'revocations.sweep',
  `DELETE FROM revocations WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM revocations WHERE expires_at < $1 ORDER BY expires_at LIMIT 1000))`,
);

interface RevocationRow {
  readonly kind: RevocationKind;
  readonly subject: string;
  readonly revoked_at: bigint;
  readonly expires_at: Date;
}

interface SinceRow extends Omit<RevocationRow, 'kind'> {
  readonly at: Date;
  readonly kind: RevocationKind | null;
}

/** Keeps the blocklist of access tokens. */
@Injectable()
export class RevocationsRepository extends BaseRepository {
  /**
   * Writes entries of one kind, moment and expiry. An entry that is there already only ever becomes stricter.
   * @returns the entries as they stand
   */
  async record(entries: readonly RevocationEntry[]): Promise<RevocationEntry[]> {
    const [first] = entries;
    if (first === undefined) return [];
    const subjects = entries.map(({ subject }) => subject);
    const rows = await this.rows<RevocationRow>(RECORD, [first.kind, subjects, first.revokedAt, first.expiresAt]);
    return rows.map(toEntry);
  }

  /** Entries that were written after a moment of the database's clock, and what that clock says now. */
  async since(moment: Date): Promise<{ readonly at: Date; readonly entries: RevocationEntry[] }> {
    const rows = await this.rows<SinceRow>(SINCE, [moment]);
    const entries = rows.flatMap(({ kind, ...row }) => (kind === null ? [] : [toEntry({ ...row, kind })]));
    return { at: rows[0]?.at ?? moment, entries };
  }

  /** Entries that may void one token. */
  async concerning({ tokenId, familyId, userId }: AccessToken): Promise<RevocationEntry[]> {
    return (await this.rows<RevocationRow>(CONCERNING, [tokenId, familyId, userId])).map(toEntry);
  }

  /** Deletes up to 1,000 entries that expired before a moment; tells how many. */
  sweep(before: Date): Promise<number> {
    return this.affect(SWEEP, [before]);
  }
}

function toEntry(row: RevocationRow): RevocationEntry {
  const { kind, subject, revoked_at: revokedAt, expires_at: expiresAt } = row;
  return { kind, subject, revokedAt: Number(revokedAt), expiresAt };
}
