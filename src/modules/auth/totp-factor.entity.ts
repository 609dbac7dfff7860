import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The second factor of an account: a secret for time-based one-time passwords (RFC 6238). */
@Entity('totp_factors')
@Check('totp_factors_step_once_confirmed', '(confirmed_at IS NULL) = (last_step IS NULL)')
export class TotpFactor {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'totp_factors_pkey' })
  @ForeignKey('User', { name: 'totp_factors_user_fkey', onDelete: 'CASCADE' })
  userId!: string;

  /** Encrypted: see `SecretBox`. */
  @Column('bytea')
  secret!: Buffer;

  /** The time step of the last password that was taken: none of that step or before is taken again. */
  @Column('bigint', { nullable: true })
  lastStep!: bigint | null;

  @Column('timestamptz')
  createdAt!: Date;

  /** Until its owner has shown a password made with it, the secret is not asked for. */
  @Column('timestamptz', { nullable: true })
  confirmedAt!: Date | null;
}
