import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A code that stands in once for the second factor of somebody who has lost it; hashed. */
@Entity('recovery_codes')
export class RecoveryCode {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'recovery_codes_pkey' })
  @ForeignKey('TotpFactor', 'userId', { name: 'recovery_codes_factor_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'recovery_codes_pkey' })
  codeHash!: Buffer;

  @Column('timestamptz', { nullable: true })
  usedAt!: Date | null;
}
