import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { User } from './user.entity.js';

const ACCOUNT = statement(
  'user-privacy.account',
  `SELECT id, email, username, name, role, active, email_verified_at AS "emailVerifiedAt",
     last_login_at AS "lastLoginAt", default_shipping_method AS "defaultShippingMethod", created_at AS "createdAt", updated_at AS "updatedAt"
   FROM users WHERE id = $1 AND erased_at IS NULL`,
);
// The address must be one and nobody's: example of RFC 2606, section 2, which no mail can ever reach.
const ERASE = statement(
  'user-privacy.erase',
  `UPDATE users SET email = id || '@erased.invalid', email_key = id || '@erased.invalid', username = NULL,
     username_key = NULL, password_hash = NULL, name = '', role = 'customer', active = false, email_verified_at = NULL,
     last_login_at = NULL, default_shipping_method = NULL, updated_at = $2, erased_at = $2
   WHERE id = $1 AND erased_at IS NULL`,
);
const ERASED_SINCE = statement('user-privacy.erasedSince', 'SELECT id FROM users WHERE erased_at >= $1 ORDER BY id');

/** All that the account itself says of a person, but for the hash of the password. */
export interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly username: string | null;
  readonly name: string;
  readonly role: User['role'];
  readonly active: boolean;
  readonly emailVerifiedAt: Date | null;
  readonly lastLoginAt: Date | null;
  readonly defaultShippingMethod: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Accounts as personal data. */
@Injectable()
export class UserPrivacyRepository extends BaseRepository {
  findAccount(id: string): Promise<AccountRow | undefined> {
    return this.first<AccountRow & Record<string, unknown>>(ACCOUNT, [id]);
  }

  /** Empties an account; its email address and username can be taken again. */
  async erase(id: string, now: Date): Promise<void> {
    await this.affect(ERASE, [id, now]);
  }

  /** Ids of those who were erased at a moment or after it. */
  async erasedSince(moment: Date): Promise<string[]> {
    return (await this.rows<{ id: string }>(ERASED_SINCE, [moment])).map(({ id }) => id);
  }
}
