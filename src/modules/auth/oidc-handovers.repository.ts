import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { OidcHandover } from './oidc-handover.entity.js';

const INSERT = statement(
  'oidc-handovers.insert',
  'INSERT INTO oidc_handovers (code_hash, challenge, user_id, expires_at) VALUES ($1, $2, $3, $4)',
);
// Whoever shows a code uses it up, with a wrong verifier too: it is then in the wrong hands (RFC 6749, section 4.1.2).
const TAKE = statement(
  'oidc-handovers.take',
  `DELETE FROM oidc_handovers WHERE code_hash = $1
   RETURNING challenge, user_id AS "userId", expires_at AS "expiresAt"`,
);
const SWEEP = statement(
  'oidc-handovers.sweep',
  `DELETE FROM oidc_handovers WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM oidc_handovers WHERE expires_at < $1 ORDER BY expires_at LIMIT 1000))`,
);

export type TakenHandover = Omit<OidcHandover, 'codeHash'>;

/** Keeps finished sign-ins until their storefront fetches them. */
@Injectable()
export class OidcHandoversRepository extends BaseRepository {
  async insert({ codeHash, challenge, userId, expiresAt }: OidcHandover): Promise<void> {
    await this.affect(INSERT, [codeHash, challenge, userId, expiresAt]);
  }

  /** Takes what a code stands for, which nobody can do twice. */
  take(codeHash: Buffer): Promise<TakenHandover | undefined> {
    return this.first<TakenHandover & Record<string, unknown>>(TAKE, [codeHash]);
  }

  /** Deletes up to 1,000 that expired before a moment; tells how many. */
  sweep(before: Date): Promise<number> {
    return this.affect(SWEEP, [before]);
  }
}
