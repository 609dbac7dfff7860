import { Injectable } from '@nestjs/common';
import { InvalidInput } from '../../common/domain-error.js';
import { emailKey } from '../../common/email.js';
import { offsetOf, type PageRequest } from '../../common/paging.js';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { UserProfile } from './dto/user.response.js';
import { User } from './user.entity.js';
import { EmailTaken, UsernameTaken } from './users.errors.js';

const PROFILE = `id, email, username, name, role, email_verified_at AS "emailVerifiedAt", created_at AS "createdAt",
  last_login_at AS "lastLoginAt", default_shipping_method AS "defaultShippingMethod"`;
const LOGIN = `id, password_hash AS "passwordHash", active`;

const PROFILE_OF = statement('users.profile', `SELECT ${PROFILE} FROM users WHERE id = $1 AND erased_at IS NULL`);
const LOGIN_BY_EMAIL = statement(
  'users.login-by-email',
  `SELECT ${LOGIN} FROM users WHERE email_key = $1 AND erased_at IS NULL`,
);
const LOGIN_BY_USERNAME = statement(
  'users.login-by-username',
  `SELECT ${LOGIN} FROM users WHERE username_key = $1 AND erased_at IS NULL`,
);
const LOGIN_BY_ID = statement('users.login-by-id', `SELECT ${LOGIN} FROM users WHERE id = $1 AND erased_at IS NULL`);
const RECORD_LOGIN = statement(
  'users.record-login',
  `UPDATE users SET last_login_at = $3 WHERE id = $1 AND active AND password_hash = $2 RETURNING ${PROFILE}`,
);
const RECORD_SIGN_IN = statement(
  'users.record-sign-in',
  `UPDATE users SET last_login_at = $2 WHERE id = $1 AND active AND erased_at IS NULL RETURNING ${PROFILE}`,
);
const VERIFIED_BY_EMAIL = statement(
  'users.verified-by-email',
  `SELECT id FROM users WHERE email_key = $1 AND email_verified_at IS NOT NULL AND erased_at IS NULL
   FOR NO KEY UPDATE`,
);
const LOCK = statement('users.lock', 'SELECT role, active FROM users WHERE id = $1 FOR NO KEY UPDATE');
const SET_PASSWORD = statement(
  'users.set-password',
  'UPDATE users SET password_hash = $3, updated_at = $4 WHERE id = $1 AND active AND password_hash = $2',
);
const RESET_PASSWORD = statement(
  'users.reset-password',
  `UPDATE users SET password_hash = $3, updated_at = $4
   WHERE id = $1 AND email_key = $2 AND active AND erased_at IS NULL`,
);
const CONFIRM_EMAIL = statement(
  'users.confirm-email',
  `UPDATE users SET email_verified_at = COALESCE(email_verified_at, $3), updated_at = $3
   WHERE id = $1 AND email_key = $2 AND active AND erased_at IS NULL`,
);
const LOCK_ADMINISTRATORS = statement(
  'users.lock-administrators',
  `SELECT id FROM users WHERE role = 'admin' AND active ORDER BY id FOR NO KEY UPDATE`,
);
const SET_ACCESS = statement(
  'users.set-access',
  `WITH before AS MATERIALIZED (
     SELECT id AS user_id, role AS "roleBefore", active AS "activeBefore"
     FROM users WHERE id = $1 AND erased_at IS NULL FOR NO KEY UPDATE)
   UPDATE users SET role = COALESCE($2, role), active = COALESCE($3, active), updated_at = $4
   FROM before WHERE id = user_id
   RETURNING ${PROFILE}, active, "roleBefore", "activeBefore"`,
);
const PROMOTE = statement(
  'users.promote',
  `UPDATE users SET role = 'admin', active = true, password_hash = $2, updated_at = $3
   WHERE email_key = $1 AND erased_at IS NULL RETURNING ${PROFILE}`,
);

type Role = User['role'];

export interface LoginRow {
  readonly id: string;
  readonly passwordHash: string | null;
  readonly active: boolean;
}

export interface UserFilter {
  readonly q?: string | undefined;
  readonly role?: Role | undefined;
  readonly active?: boolean | undefined;
}

/** What a person may change about themselves. */
export interface ProfileChange {
  readonly name?: string | undefined;
  readonly username?: string | null | undefined;
  readonly email?: string | undefined;
  /** Code of a shipping method. */
  readonly defaultShippingMethod?: string | null | undefined;
}

export interface AccessChange {
  readonly role?: Role | undefined;
  readonly active?: boolean | undefined;
}

interface ProfileRow extends UserProfile {
  readonly [column: string]: unknown;
}
/** What somebody may change of an account, as it was before a change. */
interface ProfileBefore {
  readonly emailBefore: string;
  readonly usernameBefore: string | null;
  readonly nameBefore: string;
  readonly verifiedBefore: boolean;
  readonly shippingBefore: string | null;
}
export type ChangedProfile = UserProfile & ProfileBefore;
export interface AccessRow extends ProfileRow {
  readonly roleBefore: Role;
  readonly activeBefore: boolean;
  readonly active: boolean;
}

const REFUSED = {
  users_default_shipping_method_fkey: () => InvalidInput.field('defaultShippingMethod', 'is no shipping method'),
  users_email_key_unique: () => new EmailTaken(),
  users_username_key_unique: () => new UsernameTaken(),
};

/** Accounts. */
@Injectable()
export class UsersRepository extends BaseRepository {
  /** @throws {EmailTaken | UsernameTaken} */
  async insert(user: User): Promise<void> {
    await this.mapping(REFUSED, () => this.entities(User).insert(user));
  }

  findProfile(id: string): Promise<UserProfile | undefined> {
    return this.first<ProfileRow>(PROFILE_OF, [id]);
  }

  findLoginByEmail(key: string): Promise<LoginRow | undefined> {
    return this.first(LOGIN_BY_EMAIL, [key]);
  }

  findLoginByUsername(key: string): Promise<LoginRow | undefined> {
    return this.first(LOGIN_BY_USERNAME, [key]);
  }

  findLoginById(id: string): Promise<LoginRow | undefined> {
    return this.first(LOGIN_BY_ID, [id]);
  }

  /** Notes a login and locks the account; undefined where it was closed, or its password changed, in the meantime. */
  recordLogin(id: string, passwordHash: string, at: Date): Promise<UserProfile | undefined> {
    return this.first<ProfileRow>(RECORD_LOGIN, [id, passwordHash, at]);
  }

  /** Notes a login without a password and locks the account; undefined where it is closed. */
  recordSignIn(id: string, at: Date): Promise<UserProfile | undefined> {
    return this.first<ProfileRow>(RECORD_SIGN_IN, [id, at]);
  }

  /** The account whose owner has shown that the email address is theirs; locks it. */
  async lockByVerifiedEmail(key: string): Promise<string | undefined> {
    return (await this.first<{ id: string }>(VERIFIED_BY_EMAIL, [key]))?.id;
  }

  /** Keeps every other change of the account waiting until this transaction ends. */
  lock(id: string): Promise<{ readonly role: Role; readonly active: boolean } | undefined> {
    return this.first(LOCK, [id]);
  }

  /** Puts a password in the place of another; tells whether that one was still there. */
  async replacePassword(id: string, oldHash: string, newHash: string, at: Date): Promise<boolean> {
    return (await this.affect(SET_PASSWORD, [id, oldHash, newHash, at])) === 1;
  }

  /** Sets the password of an active account, if it still has an address; tells whether it has. */
  async resetPassword(id: string, emailKey: string, passwordHash: string, at: Date): Promise<boolean> {
    return (await this.affect(RESET_PASSWORD, [id, emailKey, passwordHash, at])) === 1;
  }

  /** Notes that an active account's address is its user's, if it still has that one; tells whether it has. */
  async confirmEmail(id: string, emailKey: string, at: Date): Promise<boolean> {
    return (await this.affect(CONFIRM_EMAIL, [id, emailKey, at])) === 1;
  }

  /** The active administrators, none of whom can be demoted by others until this transaction ends. */
  async lockAdministrators(): Promise<string[]> {
    return (await this.rows<{ id: string }>(LOCK_ADMINISTRATORS)).map(({ id }) => id);
  }

  /** Sets what is given, and tells what was before. */
  setAccess(id: string, { role, active }: AccessChange, at: Date): Promise<AccessRow | undefined> {
    return this.first<AccessRow>(SET_ACCESS, [id, role ?? null, active ?? null, at]);
  }

  /** Makes the account of an email address an active administrator with a new password, where there is one. */
  promote(key: string, passwordHash: string, at: Date): Promise<UserProfile | undefined> {
    return this.first<ProfileRow>(PROMOTE, [key, passwordHash, at]);
  }

  /** Sets what is given, and tells what was before. @throws {EmailTaken | UsernameTaken | InvalidInput} */
  async updateProfile(id: string, change: ProfileChange, at: Date): Promise<ChangedProfile | undefined> {
    const { sets, values } = profileAssignments(change);
    const text = `WITH before AS MATERIALIZED (
        SELECT id AS user_id, email AS "emailBefore", username AS "usernameBefore", name AS "nameBefore",
          email_verified_at IS NOT NULL AS "verifiedBefore", default_shipping_method AS "shippingBefore"
        FROM users WHERE id = $1 AND erased_at IS NULL FOR NO KEY UPDATE)
      UPDATE users SET ${[...sets, 'updated_at = $2'].join(', ')} FROM before WHERE id = user_id
      RETURNING ${PROFILE}, "emailBefore", "usernameBefore", "nameBefore", "verifiedBefore", "shippingBefore"`;
    return (await this.mapping(REFUSED, () => this.rowsOf<ProfileRow & ProfileBefore>(text, [id, at, ...values])))[0];
  }

  /** One page of the accounts, newest first, with one row more than asked for where there are more. */
  list(filter: UserFilter, request: PageRequest, after: string | null): Promise<UserProfile[]> {
    const { where, values } = conditions(filter);
    if (after !== null) {
      values.push(after);
      where.push(`id < $${values.length}`);
    }
    const offset = request.cursor === undefined ? offsetOf(request) : 0;
    values.push(request.perPage + 1, offset);
    return this.rowsOf<ProfileRow>(
      `SELECT ${PROFILE} FROM users WHERE ${where.join(' AND ')}
       ORDER BY id DESC LIMIT $${values.length - 1} OFFSET $${values.length}`,
      values,
    );
  }

  async count(filter: UserFilter): Promise<number> {
    const { where, values } = conditions(filter);
    const text = `SELECT count(*)::integer AS total FROM users WHERE ${where.join(' AND ')}`;
    return (await this.rowsOf<{ total: number }>(text, values))[0]?.total ?? 0;
  }
}

/** Values from $3 on; $1 is the id and $2 the time. */
function profileAssignments(change: ProfileChange): { sets: string[]; values: unknown[] } {
  const { name, username, email, defaultShippingMethod } = change;
  const sets: string[] = [];
  const values: unknown[] = [];
  const next = (value: unknown): string => `$${values.push(value) + 2}`;
  if (name !== undefined) sets.push(`name = ${next(name)}`);
  if (username !== undefined) {
    sets.push(`username = ${next(username)}`, `username_key = ${next(username?.toLowerCase() ?? null)}`);
  }
  if (email !== undefined) {
    const key = next(emailKey(email));
    const verified = `CASE WHEN email_key = ${key} THEN email_verified_at END`;
    sets.push(`email = ${next(email)}`, `email_key = ${key}`, `email_verified_at = ${verified}`);
  }
  if (defaultShippingMethod !== undefined) sets.push(`default_shipping_method = ${next(defaultShippingMethod)}`);
  return { sets, values };
}

function conditions({ q, role, active }: UserFilter): { where: string[]; values: unknown[] } {
  const where = ['erased_at IS NULL'];
  const values: unknown[] = [];
  const next = (value: unknown): string => `$${values.push(value)}`;
  if (role !== undefined) where.push(`role = ${next(role)}`);
  if (active !== undefined) where.push(`active = ${next(active)}`);
  if (q !== undefined) {
    const pattern = next(`%${q.replaceAll(/[\\%_]/g, '\\$&')}%`);
    where.push(`(name ILIKE ${pattern} OR email ILIKE ${pattern} OR username ILIKE ${pattern})`);
  }
  return { where, values };
}
