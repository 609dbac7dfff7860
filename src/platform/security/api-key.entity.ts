import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A key by which a machine identifies itself, hashed. A revoked one stays: ledgers name it as the actor. */
@Entity('api_keys')
@Unique('api_keys_prefix_unique', ['prefix'])
@Check('api_keys_permissions_not_empty', 'cardinality(permissions) > 0')
@Index('api_keys_parent_idx', ['parentId'])
@Index('api_keys_owner_idx', ['ownerId'])
export class ApiKey {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_keys_pkey' })
  id!: string;

  /** The person who answers for it: it never allows more than their role does at the time of use. */
  @Column('uuid')
  @ForeignKey('User', { name: 'api_keys_owner_fkey', onDelete: 'CASCADE' })
  ownerId!: string;

  /** The key that made it, where a machine did. */
  @Column('uuid', { nullable: true })
  @ForeignKey('ApiKey', { name: 'api_keys_parent_fkey', onDelete: 'CASCADE' })
  parentId!: string | null;

  @Column('text')
  name!: string;

  @Column('text', { array: true })
  permissions!: string[];

  /** The first part of the key, by which it is found and recognised. */
  @Column('text')
  prefix!: string;

  /** SHA-256 of the whole key. */
  @Column('bytea')
  keyHash!: Buffer;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz', { nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  revokedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  lastUsedAt!: Date | null;
}
