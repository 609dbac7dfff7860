import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A finished sign-in that its storefront has not fetched yet: the code that it was sent back with, hashed. */
@Entity('oidc_handovers')
@Index('oidc_handovers_expiry_idx', ['expiresAt'])
export class OidcHandover {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'oidc_handovers_pkey' })
  codeHash!: Buffer;

  /** Of the verifier that the storefront has kept (RFC 7636, section 4.2: S256). */
  @Column('text')
  challenge!: string;

  @Column('uuid')
  @ForeignKey('User', { name: 'oidc_handovers_user_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @Column('timestamptz')
  expiresAt!: Date;
}
