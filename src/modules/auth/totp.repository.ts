import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

const FIND = statement(
  'totp.find',
  `SELECT secret, confirmed_at AS "confirmedAt" FROM totp_factors WHERE user_id = $1`,
);
const LOCK = statement(
  'totp.lock',
  `SELECT secret, confirmed_at AS "confirmedAt" FROM totp_factors WHERE user_id = $1 FOR NO KEY UPDATE`,
);
const PUT_PENDING = statement(
  'totp.put-pending',
  `INSERT INTO totp_factors (user_id, secret, created_at) VALUES ($1, $2, $3)
   ON CONFLICT (user_id) DO UPDATE SET secret = EXCLUDED.secret, created_at = EXCLUDED.created_at
   WHERE totp_factors.confirmed_at IS NULL`,
);
const CONFIRM = statement(
  'totp.confirm',
  `UPDATE totp_factors SET confirmed_at = $3, last_step = $4
   WHERE user_id = $1 AND secret = $2 AND confirmed_at IS NULL`,
);
const TAKE_STEP = statement(
  'totp.take-step',
  `UPDATE totp_factors SET last_step = $2 WHERE user_id = $1 AND confirmed_at IS NOT NULL AND last_step < $2`,
);
const REMOVE = statement('totp.remove', 'DELETE FROM totp_factors WHERE user_id = $1');
const ADD_CODES = statement(
  'totp.add-recovery-codes',
  'INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])',
);
const REPLACE_CODES = statement(
  'totp.replace-recovery-codes',
  `WITH gone AS (DELETE FROM recovery_codes WHERE user_id = $1)
   INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])`,
);
const USE_CODE = statement(
  'totp.use-recovery-code',
  'UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL',
);

/** A second factor as it is kept; it is pending until it is confirmed. */
export interface StoredFactor {
  readonly secret: Buffer;
  readonly confirmedAt: Date | null;
}

/** Keeps second factors and their recovery codes. */
@Injectable()
export class TotpRepository extends BaseRepository {
  find(userId: string): Promise<StoredFactor | undefined> {
    return this.first<StoredFactor & Record<string, unknown>>(FIND, [userId]);
  }

  /** The same, and keeps every other change of it waiting until the transaction ends. */
  lock(userId: string): Promise<StoredFactor | undefined> {
    return this.first<StoredFactor & Record<string, unknown>>(LOCK, [userId]);
  }

  /** Keeps a secret until it is confirmed, in place of another that was not; false where one is confirmed. */
  async putPending(userId: string, secret: Buffer, at: Date): Promise<boolean> {
    return (await this.affect(PUT_PENDING, [userId, secret, at])) === 1;
  }

  /** Makes a pending secret count; false where it was confirmed or replaced in the meantime. */
  async confirm(userId: string, secret: Buffer, at: Date, step: number): Promise<boolean> {
    return (await this.affect(CONFIRM, [userId, secret, at, step])) === 1;
  }

  /** Takes the password of a time step; false where one of it, or of a later one, was taken before. */
  async takeStep(userId: string, step: number): Promise<boolean> {
    return (await this.affect(TAKE_STEP, [userId, step])) === 1;
  }

  /** Removes the factor and its recovery codes; tells whether there was one. */
  async remove(userId: string): Promise<boolean> {
    return (await this.affect(REMOVE, [userId])) === 1;
  }

  async addRecoveryCodes(userId: string, hashes: readonly Buffer[]): Promise<void> {
    await this.affect(ADD_CODES, [userId, hashes]);
  }

  /** Puts other codes in the place of all, used or not, of a factor that is locked. */
  async replaceRecoveryCodes(userId: string, hashes: readonly Buffer[]): Promise<void> {
    await this.affect(REPLACE_CODES, [userId, hashes]);
  }

  /** Uses a recovery code up; false where there is none such, or it was used. */
  async useRecoveryCode(userId: string, hash: Buffer, at: Date): Promise<boolean> {
    return (await this.affect(USE_CODE, [userId, hash, at])) === 1;
  }
}
