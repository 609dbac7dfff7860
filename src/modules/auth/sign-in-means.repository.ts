import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

const MEANS = statement(
  'signInMeans.find',
  `SELECT coalesce((SELECT jsonb_agg(jsonb_build_object('issuer', issuer, 'subject', subject, 'linkedAt', created_at)
       ORDER BY created_at) FROM user_identities WHERE user_id = $1::uuid), '[]') AS identities,
     EXISTS (SELECT FROM totp_factors WHERE user_id = $1::uuid AND confirmed_at IS NOT NULL) AS "secondFactor"`,
);
const EMAIL_KEY = statement('signInMeans.emailKey', 'SELECT email_key AS key FROM users WHERE id = $1::uuid');
const FORGET = statement(
  'signInMeans.forget',
  `WITH i AS (DELETE FROM user_identities WHERE user_id = $1::uuid),
   t AS (DELETE FROM totp_factors WHERE user_id = $1::uuid),
   h AS (DELETE FROM oidc_handovers WHERE user_id = $1::uuid),
   o AS (DELETE FROM one_time_tokens WHERE user_id = $1::uuid)
   DELETE FROM invitations WHERE email_key = (SELECT email_key FROM users WHERE id = $1::uuid)`,
);

/** Identities of other providers that an account is linked to, and whether it has a second factor. */
export interface SignInMeans {
  readonly identities: readonly { readonly issuer: string; readonly subject: string; readonly linkedAt: string }[];
  readonly secondFactor: boolean;
}

/** All by which somebody can sign in, but the password. */
@Injectable()
export class SignInMeansRepository extends BaseRepository {
  async find(userId: string): Promise<SignInMeans> {
    return (await this.first<SignInMeans>(MEANS, [userId])) ?? { identities: [], secondFactor: false };
  }

  /** The address that mails go to, as it is compared. */
  async emailKeyOf(userId: string): Promise<string | undefined> {
    return (await this.first<{ key: string }>(EMAIL_KEY, [userId]))?.key;
  }

  /** Removes them, with the mailed tokens of the account and an invitation to its address. */
  async forget(userId: string): Promise<void> {
    await this.affect(FORGET, [userId]);
  }
}
