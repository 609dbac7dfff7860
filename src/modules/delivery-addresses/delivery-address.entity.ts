import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Where a customer has things sent. A sale keeps a copy of its own. */
@Entity('delivery_addresses')
@Check('delivery_addresses_country_code', `country ~ '^[A-Z]{2}$'`)
@Index('delivery_addresses_user_idx', ['userId', 'id'])
@Index('delivery_addresses_one_default', ['userId'], { unique: true, where: 'is_default' })
export class DeliveryAddress {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'delivery_addresses_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('User', { name: 'delivery_addresses_user_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @Column('text', { nullable: true })
  label!: string | null;

  @Column('text')
  recipient!: string;

  @Column('text')
  line1!: string;

  @Column('text', { nullable: true })
  line2!: string | null;

  @Column('text')
  city!: string;

  @Column('text', { nullable: true })
  region!: string | null;

  @Column('text')
  postalCode!: string;

  @Column('char', { length: 2 })
  country!: string;

  @Column('text', { nullable: true })
  phone!: string | null;

  @Column('boolean')
  isDefault!: boolean;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}
