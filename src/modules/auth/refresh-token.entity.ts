import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A refresh token, hashed. Those that follow one another since a login are a family (RFC 9700, section 4.14). */
@Entity('refresh_tokens')
@Unique('refresh_tokens_hash_unique', ['tokenHash'])
@Index('refresh_tokens_one_live_per_family', ['familyId'], {
  unique: true,
  where: 'spent_at IS NULL AND revoked_at IS NULL',
})
@Index('refresh_tokens_user_idx', ['userId'])
@Index('refresh_tokens_expiry_idx', ['expiresAt'])
export class RefreshToken {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'refresh_tokens_pkey' })
  id!: string;

  @Column('uuid')
  familyId!: string;

  /** The token that was spent for this one; none for the first of a family. */
  @Column('uuid', { nullable: true })
  parentId!: string | null;

  @Column('uuid')
  @ForeignKey('User', { name: 'refresh_tokens_user_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @Column('bytea')
  tokenHash!: Buffer;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz', { nullable: true })
  spentAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  revokedAt!: Date | null;

  /** When requests were first seen to race for it. */
  @Column('timestamptz', { nullable: true })
  racedAt!: Date | null;

  /** When the answer that it was in was seen not to arrive. */
  @Column('timestamptz', { nullable: true })
  lostAt!: Date | null;
}
