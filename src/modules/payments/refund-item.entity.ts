import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A line of a refund, and of its credit note. Amounts are minor units. */
@Entity('refund_items')
@Check('refund_items_quantity_positive', 'quantity > 0')
@Check('refund_items_units_known', 'units IN (0, quantity)')
@Check('refund_items_amounts_not_negative', 'discount BETWEEN 0 AND line_total AND tax >= 0')
@Check('refund_items_total_adds_up', 'line_total = unit_price * quantity')
@Index('refund_items_sale_item_idx', ['saleId', 'lineNo'])
@ForeignKey('SaleItem', ['saleId', 'lineNo'], ['saleId', 'lineNo'], { name: 'refund_items_sale_item_fkey' })
export class RefundItem {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'refund_items_pkey' })
  @ForeignKey('Refund', { name: 'refund_items_refund_fkey' })
  refundId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'refund_items_pkey' })
  position!: number;

  @Column('uuid')
  saleId!: string;

  /** The line of the sale. */
  @Column('integer')
  lineNo!: number;

  /** Pieces of the line that are paid back: the quantity, or 0 where the price of the line is lowered. */
  @Column('integer')
  units!: number;

  @Column('bigint')
  unitPrice!: bigint;

  @Column('integer')
  quantity!: number;

  @Column('bigint')
  discount!: bigint;

  @Column('bigint')
  tax!: bigint;

  /** Unit price × quantity. */
  @Column('bigint')
  lineTotal!: bigint;
}
