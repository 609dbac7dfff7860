import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { KeptBracket, ShippingKind } from './shipping.events.js';

/** A way in which sales are sent, and what that costs. Amounts are minor units. */
@Entity('shipping_methods')
@Unique('shipping_methods_code_unique', ['code'])
@Check(
  'shipping_methods_kind_fits',
  `CASE kind
      WHEN 'flat' THEN price IS NOT NULL AND brackets IS NULL
      WHEN 'by_weight' THEN price IS NULL AND brackets IS NOT NULL
      WHEN 'by_total' THEN price IS NULL AND brackets IS NOT NULL
      ELSE false END`,
)
@Check('shipping_methods_amounts_not_negative', 'price >= 0 AND free_above >= 0')
export class ShippingMethod {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'shipping_methods_pkey' })
  id!: string;

  /** What a sale names; it never changes. */
  @Column('text')
  code!: string;

  @Column('text')
  name!: string;

  @Column('boolean')
  active!: boolean;

  @Column('text')
  kind!: ShippingKind;

  @Column('bigint', { nullable: true })
  price!: bigint | null;

  /** In the order of their limits; the last may have none. */
  @Column('jsonb', { nullable: true })
  brackets!: readonly KeptBracket[] | null;

  @Column('bigint', { nullable: true })
  freeAbove!: bigint | null;

  /** ISO 3166-1 codes; null for everywhere. */
  @Column('text', { array: true, nullable: true })
  countries!: readonly string[] | null;

  @Column('integer')
  sortOrder!: number;

  /** Whose rates of tax it has; null for the standard ones. */
  @Column('text', { nullable: true })
  taxCategory!: string | null;

  @Column('integer')
  version!: number;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}
