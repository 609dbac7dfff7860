import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Role } from '../../platform/security/permissions.js';

/** A person with an account. An erased one keeps its row, without anything personal, so that the books stay whole. */
@Entity('users')
@Unique('users_email_key_unique', ['emailKey'])
@Unique('users_username_key_unique', ['usernameKey'])
@Index('users_erased_idx', ['erasedAt'], { where: 'erased_at IS NOT NULL' })
@Index('users_default_shipping_method_idx', ['defaultShippingMethod'], {
  where: 'default_shipping_method IS NOT NULL',
})
@ForeignKey('ShippingMethod', ['defaultShippingMethod'], ['code'], {
  name: 'users_default_shipping_method_fkey',
  onDelete: 'SET NULL',
})
@Check('users_role_known', `role IN ('customer', 'support', 'manager', 'admin')`)
export class User {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'users_pkey' })
  id!: string;

  @Column('text')
  email!: string;

  /** The email as it is compared: NFKC, lower case. */
  @Column('text')
  emailKey!: string;

  @Column('text', { nullable: true })
  username!: string | null;

  @Column('text', { nullable: true })
  usernameKey!: string | null;

  @Column('text', { nullable: true })
  passwordHash!: string | null;

  @Column('text')
  name!: string;

  @Column('text')
  role!: Role;

  @Column('boolean')
  active!: boolean;

  @Column('timestamptz', { nullable: true })
  emailVerifiedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  lastLoginAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  erasedAt!: Date | null;

  /** Code of the shipping method that is taken where a sale names none. */
  @Column('text', { nullable: true })
  defaultShippingMethod!: string | null;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}
