import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { OidcAttempt } from './oidc-attempt.entity.js';

const INSERT = statement(
  'oidc-attempts.insert',
  `INSERT INTO oidc_attempts (state_hash, browser_hash, nonce, code_verifier, expires_at, return_to, challenge)
   VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);
const TAKE = statement(
  'oidc-attempts.take',
  `DELETE FROM oidc_attempts WHERE state_hash = $1 AND browser_hash = $2
   RETURNING nonce, code_verifier AS "codeVerifier", expires_at AS "expiresAt", return_to AS "returnTo", challenge`,
);
const SWEEP = statement(
  'oidc-attempts.sweep',
  `DELETE FROM oidc_attempts WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM oidc_attempts WHERE expires_at < $1 ORDER BY expires_at LIMIT 1000))`,
);

export type TakenAttempt = Pick<OidcAttempt, 'nonce' | 'codeVerifier' | 'expiresAt' | 'returnTo' | 'challenge'>;

/** Keeps the sign-ins that are under way. */
@Injectable()
export class OidcAttemptsRepository extends BaseRepository {
  async insert(attempt: OidcAttempt): Promise<void> {
    const { stateHash, browserHash, nonce, codeVerifier, expiresAt, returnTo, challenge } = attempt;
    await this.affect(INSERT, [stateHash, browserHash, nonce, codeVerifier, expiresAt, returnTo, challenge]);
  }

  /** Takes the attempt of a state and a browser, which nobody can do twice. */
  take(stateHash: Buffer, browserHash: Buffer): Promise<TakenAttempt | undefined> {
    return this.first<TakenAttempt & Record<string, unknown>>(TAKE, [stateHash, browserHash]);
  }

  /** Deletes up to 1,000 attempts that expired before a moment; tells how many. */
  sweep(before: Date): Promise<number> {
    return this.affect(SWEEP, [before]);
  }
}
