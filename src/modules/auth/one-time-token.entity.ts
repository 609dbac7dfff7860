import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** What a one-time token is good for. */
export type OneTimePurpose = 'email_verification' | 'password_reset';

/**
 * A token that was mailed to a user, hashed. There is one of a purpose at most: the next one takes its place, and its
 * use deletes it. It is good only while the account has the address that it was sent to.
 */
@Entity('one_time_tokens')
@Unique('one_time_tokens_hash_unique', ['tokenHash'])
@Check('one_time_tokens_purpose_known', `purpose IN ('email_verification', 'password_reset')`)
@Index('one_time_tokens_expiry_idx', ['expiresAt'])
export class OneTimeToken {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'one_time_tokens_pkey' })
  @ForeignKey('User', { name: 'one_time_tokens_user_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'one_time_tokens_pkey' })
  purpose!: OneTimePurpose;

  @Column('text')
  emailKey!: string;

  @Column('bytea')
  tokenHash!: Buffer;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  expiresAt!: Date;
}
