import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { UserIdentity } from './user-identity.entity.js';

const FIND_OWNER = statement(
  'user-identities.find-owner',
  'SELECT user_id AS "userId" FROM user_identities WHERE issuer = $1 AND subject = $2',
);
const INSERT = statement(
  'user-identities.insert',
  `INSERT INTO user_identities (issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4)
   ON CONFLICT ON CONSTRAINT user_identities_pkey DO NOTHING`,
);

/** Keeps which accounts belong to whom at an OpenID provider. */
@Injectable()
export class UserIdentitiesRepository extends BaseRepository {
  async findOwner(issuer: string, subject: string): Promise<string | undefined> {
    return (await this.first<{ userId: string }>(FIND_OWNER, [issuer, subject]))?.userId;
  }

  /** Links an account; false where the person has one already. */
  async insert({ issuer, subject, userId, createdAt }: UserIdentity): Promise<boolean> {
    return (await this.affect(INSERT, [issuer, subject, userId, createdAt])) === 1;
  }
}
