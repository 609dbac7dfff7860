import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { ReturnStatus } from './return-lifecycle.js';

/** What a buyer wants to send back, and what became of it. */
@Entity('sale_returns')
@Check('sale_returns_status_known', `status IN ('requested', 'approved', 'refused', 'received')`)
@Check('sale_returns_refunded_when_received', `refund_id IS NULL OR status = 'received'`)
@Index('sale_returns_sale_idx', ['saleId', 'id'])
@Index('sale_returns_status_idx', ['status', 'id'])
@Index('sale_returns_one_per_refund', ['refundId'], { unique: true, where: 'refund_id IS NOT NULL' })
export class SaleReturn {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sale_returns_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('Sale', { name: 'sale_returns_sale_fkey' })
  saleId!: string;

  @Column('text')
  status!: ReturnStatus;

  /** The buyer's words. */
  @Column('text')
  reason!: string;

  /** What staff say to the buyer. */
  @Column('text', { nullable: true })
  note!: string | null;

  @Column('uuid', { nullable: true })
  @ForeignKey('Refund', { name: 'sale_returns_refund_fkey' })
  refundId!: string | null;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}

/** Pieces of a line of the sale that come back. */
@Entity('sale_return_items')
@Check('sale_return_items_quantity_positive', 'quantity > 0')
@ForeignKey('SaleItem', ['saleId', 'lineNo'], ['saleId', 'lineNo'], { name: 'sale_return_items_sale_item_fkey' })
export class SaleReturnItem {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sale_return_items_pkey' })
  @ForeignKey('SaleReturn', { name: 'sale_return_items_return_fkey' })
  returnId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'sale_return_items_pkey' })
  lineNo!: number;

  @Column('uuid')
  saleId!: string;

  @Column('integer')
  quantity!: number;
}
