import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/**
 * Who an account belongs to at an OpenID provider. Issuer and subject together name a person for good (OpenID Connect
 * Core, section 5.7); an email address does not.
 */
@Entity('user_identities')
@Index('user_identities_user_idx', ['userId'])
export class UserIdentity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'user_identities_pkey' })
  issuer!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'user_identities_pkey' })
  subject!: string;

  @Column('uuid')
  @ForeignKey('User', { name: 'user_identities_user_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @Column('timestamptz')
  createdAt!: Date;
}
