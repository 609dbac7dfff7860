import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { InvoiceLine, InvoiceParty } from './invoice-content.js';
import type { InvoiceKind } from './invoice-row.js';

/**
 * An issued document. It never changes: a trigger refuses updates and deletions. Numbers are gapless per kind and
 * year. Amounts are minor units.
 */
@Entity('invoices')
@Unique('invoices_sequence_unique', ['kind', 'year', 'sequence'])
@Check('invoices_kind_known', `kind IN ('invoice', 'credit_note')`)
@Check('invoices_sequence_positive', 'sequence > 0')
@Check('invoices_total_adds_up', 'total = subtotal - discount + shipping + tax')
@Index('invoices_one_per_sale', ['saleId'], { unique: true, where: `kind = 'invoice'` })
@Index('invoices_one_per_refund', ['refundId'], { unique: true, where: 'refund_id IS NOT NULL' })
@Index('invoices_user_idx', ['userId', 'id'])
export class Invoice {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'invoices_pkey' })
  id!: string;

  @Column('text')
  kind!: InvoiceKind;

  @Column('integer')
  year!: number;

  @Column('integer')
  sequence!: number;

  /** Kind, year and sequence as they are printed; unique because these are. */
  @Column('text')
  number!: string;

  @Column('uuid')
  @ForeignKey('Sale', { name: 'invoices_sale_fkey' })
  saleId!: string;

  @Column('uuid', { nullable: true })
  @ForeignKey('Refund', { name: 'invoices_refund_fkey' })
  refundId!: string | null;

  @Column('uuid', { nullable: true })
  @ForeignKey('User', { name: 'invoices_user_fkey' })
  userId!: string | null;

  /** The guest's cart, where there is no user. */
  @Column('uuid', { nullable: true })
  cartId!: string | null;

  @Column('text')
  saleNumber!: string;

  @Column('char', { length: 3 })
  currency!: string;

  @Column('bigint')
  subtotal!: bigint;

  @Column('bigint')
  discount!: bigint;

  @Column('bigint')
  shipping!: bigint;

  @Column('bigint')
  tax!: bigint;

  /** Whether the tax is in the prices rather than added to them. */
  @Column('boolean', { default: false })
  pricesIncludeTax!: boolean;

  /** The tax on the shipping, added or included; null where it was not kept, as the rate. */
  @Column('bigint', { nullable: true })
  shippingTax!: bigint | null;

  /** In millionths. */
  @Column('integer', { nullable: true })
  shippingTaxRate!: number | null;

  @Column('bigint')
  total!: bigint;

  @Column('jsonb')
  seller!: InvoiceParty;

  @Column('jsonb')
  buyer!: InvoiceParty;

  @Column('jsonb')
  lines!: readonly InvoiceLine[];

  @Column('timestamptz')
  issuedAt!: Date;
}
