import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Role } from '../../platform/security/permissions.js';

/** An account with a role that somebody is invited to make. The token is null until the mail with it is sent. */
@Entity('invitations')
@Unique('invitations_hash_unique', ['tokenHash'])
@Unique('invitations_email_key_unique', ['emailKey'])
@Check('invitations_role_known', `role IN ('customer', 'support', 'manager', 'admin')`)
@Index('invitations_expiry_idx', ['expiresAt'])
export class Invitation {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'invitations_pkey' })
  id!: string;

  @Column('text')
  email!: string;

  @Column('text')
  emailKey!: string;

  @Column('text')
  role!: Role;

  @Column('uuid')
  @ForeignKey('User', { name: 'invitations_inviter_fkey', onDelete: 'CASCADE' })
  invitedBy!: string;

  @Column('bytea', { nullable: true })
  tokenHash!: Buffer | null;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  expiresAt!: Date;
}
