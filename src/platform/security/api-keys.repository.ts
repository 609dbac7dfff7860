import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../database/base.repository.js';
import { statement } from '../database/statement.js';
import { ApiKey } from './api-key.entity.js';
import type { Permission, Role } from './permissions.js';

// Whose owner cannot log in any longer is void, like the owner's tokens.
const FIND = statement(
  'api-keys.find',
  `SELECT k.id, k.permissions, k.key_hash AS "keyHash", k.expires_at AS "expiresAt", k.last_used_at AS "lastUsedAt",
     k.owner_id AS "ownerId", u.role AS "ownerRole", k.revoked_at IS NOT NULL OR NOT u.active OR u.erased_at IS NOT NULL AS revoked
   FROM api_keys k JOIN users u ON u.id = k.owner_id WHERE k.prefix = $1`,
);
const LIST = statement(
  'api-keys.list',
  `SELECT id, name, permissions, prefix, created_at AS "createdAt", expires_at AS "expiresAt",
     last_used_at AS "lastUsedAt"
   FROM api_keys WHERE revoked_at IS NULL AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2 OFFSET $3`,
);
const COUNT = statement('api-keys.count', 'SELECT count(*)::integer AS count FROM api_keys WHERE revoked_at IS NULL');
const LOCK_LIVE = statement(
  'api-keys.lock-live',
  `SELECT owner_id AS "ownerId", expires_at AS "expiresAt" FROM api_keys WHERE id = $1 AND revoked_at IS NULL
   FOR NO KEY UPDATE`,
);
const REVOKE = statement(
  'api-keys.revoke',
  'UPDATE api_keys SET revoked_at = $2 WHERE (id = $1 OR parent_id = $1) AND revoked_at IS NULL RETURNING id',
);
const OF_OWNER = statement(
  'api-keys.of-owner',
  `SELECT id, name, permissions, prefix, created_at AS "createdAt", expires_at AS "expiresAt",
     last_used_at AS "lastUsedAt"
   FROM api_keys WHERE owner_id = $1 ORDER BY id`,
);
const FORGET_OWNER = statement(
  'api-keys.forget-owner',
  `UPDATE api_keys SET name = '', revoked_at = COALESCE(revoked_at, $2)
   WHERE owner_id = $1 AND (name <> '' OR revoked_at IS NULL)`,
);
const NOTE_USE = statement(
  'api-keys.note-use',
  `UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $3)`,
);

/** What a key is checked against. */
export interface StoredApiKey {
  readonly id: string;
  readonly permissions: readonly Permission[];
  readonly keyHash: Buffer;
  readonly ownerId: string;
  readonly ownerRole: Role;
  readonly revoked: boolean;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** What is told of a key. */
export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly prefix: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export interface LockedApiKey {
  readonly ownerId: string;
  readonly expiresAt: Date | null;
}

/** Keeps the hashes of API keys. */
@Injectable()
export class ApiKeysRepository extends BaseRepository {
  find(prefix: string): Promise<StoredApiKey | undefined> {
    return this.first<StoredApiKey & Record<string, unknown>>(FIND, [prefix]);
  }

  async insert(key: ApiKey): Promise<void> {
    await this.entities(ApiKey).insert(key);
  }

  /** Those that were not revoked, newest first. */
  list(limit: number, offset: number, beforeId: string | null): Promise<ApiKeyRow[]> {
    return this.rows<ApiKeyRow & Record<string, unknown>>(LIST, [beforeId, limit, offset]);
  }

  async count(): Promise<number> {
    return (await this.first<{ count: number }>(COUNT))?.count ?? 0;
  }

  /** Keeps a key from being revoked until the transaction ends; undefined where it was, or never existed. */
  lockLive(id: string): Promise<LockedApiKey | undefined> {
    return this.first<LockedApiKey & Record<string, unknown>>(LOCK_LIVE, [id]);
  }

  /** Revokes a key, locked before, and those that it made; tells which. */
  async revoke(id: string, at: Date): Promise<string[]> {
    return (await this.rows<{ id: string }>(REVOKE, [id, at])).map((row) => row.id);
  }

  /** Those that a person answers for, revoked ones too, oldest first. */
  ofOwner(ownerId: string): Promise<ApiKeyRow[]> {
    return this.rows<ApiKeyRow & Record<string, unknown>>(OF_OWNER, [ownerId]);
  }

  /** Revokes the keys that a person answers for, and empties their names. */
  async forgetOwner(ownerId: string, at: Date): Promise<void> {
    await this.affect(FORGET_OWNER, [ownerId, at]);
  }

  /** Notes when a key was used last, where the last note is older than `before`. */
  async noteUse(id: string, at: Date, before: Date): Promise<void> {
    await this.affect(NOTE_USE, [id, at, before]);
  }
}
