import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type RevocationKind = 'token' | 'family' | 'user';

/**
 * An entry of the blocklist: one access token by its jti, all of a refresh family by its id, or all of a user that
 * were issued before `revokedAt`. Needed until the last token that it concerns has expired. `recordedAt` is on the
 * database's clock: replicas read what was recorded since their last look, and their own clocks may differ.
 */
@Entity('revocations')
@Check('revocations_kind_known', `kind IN ('token', 'family', 'user')`)
@Index('revocations_recorded_idx', ['recordedAt'])
@Index('revocations_expiry_idx', ['expiresAt'])
export class Revocation {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'revocations_pkey' })
  kind!: RevocationKind;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'revocations_pkey' })
  subject!: string;

  @Column('timestamptz')
  revokedAt!: Date;

  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz')
  recordedAt!: Date;
}
