import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A line of a sale, with the product's sku, name and price as they were. Amounts are minor units. */
@Entity('sale_items')
@Check('sale_items_quantity_positive', 'quantity > 0')
@Check('sale_items_total_adds_up', 'line_total = unit_price * quantity')
@Check('sale_items_refunded_units_within', 'refunded_units BETWEEN 0 AND quantity')
@Check('sale_items_returned_units_within', 'returned_units BETWEEN 0 AND quantity')
@Check('sale_items_shipped_units_within', 'shipped_units BETWEEN 0 AND quantity')
@Index('sale_items_product_idx', ['productId', 'saleId'])
export class SaleItem {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sale_items_pkey' })
  @ForeignKey('Sale', { name: 'sale_items_sale_fkey' })
  saleId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'sale_items_pkey' })
  lineNo!: number;

  @Column('uuid')
  @ForeignKey('Product', { name: 'sale_items_product_fkey' })
  productId!: string;

  @Column('text')
  sku!: string;

  @Column('text')
  name!: string;

  @Column('bigint')
  unitPrice!: bigint;

  @Column('integer')
  quantity!: number;

  @Column('bigint')
  discount!: bigint;

  @Column('bigint')
  tax!: bigint;

  /** The tax that is in what is charged for the line, where prices include it. */
  @Column('bigint', { default: 0 })
  includedTax!: bigint;

  /** In millionths; null where it was not kept. */
  @Column('integer', { nullable: true })
  taxRate!: number | null;

  /** Unit price × quantity, before the line's share of discounts and tax. */
  @Column('bigint')
  lineTotal!: bigint;

  /** Pieces whose price has been given back, or is about to be. */
  @Column('integer', { default: 0 })
  refundedUnits!: number;

  /** Pieces that came back, or that a return which was not refused is about. */
  @Column('integer', { default: 0 })
  returnedUnits!: number;

  /** Pieces that were sent. */
  @Column('integer', { default: 0 })
  shippedUnits!: number;
}
