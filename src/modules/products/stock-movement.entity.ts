import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

export const STOCK_REASONS = ['receipt', 'adjustment', 'sale', 'release', 'return'] as const;
export type StockReason = (typeof STOCK_REASONS)[number];

/** One line of a product's stock ledger; never changed once written. */
@Entity('stock_movements')
@Check('stock_movements_not_empty', 'delta <> 0')
@Check('stock_movements_balance_not_negative', 'balance_after >= 0')
@Check('stock_movements_reason_known', `reason IN ('receipt', 'adjustment', 'sale', 'release', 'return')`)
@Index('stock_movements_product_idx', ['productId', 'createdAt', 'position'])
@Index('stock_movements_once_per_sale', ['saleId', 'productId', 'reason'], {
  unique: true,
  where: `sale_id IS NOT NULL AND reason = 'release'`,
})
export class StockMovement {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'stock_movements_pkey' })
  id!: string;

  /** Order of application within a product: drawn while the product is locked. Times follow it, and may be equal. */
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  position!: bigint;

  @Column('uuid')
  @ForeignKey('Product', { name: 'stock_movements_product_fkey' })
  productId!: string;

  @Column('integer')
  delta!: number;

  @Column('integer')
  balanceAfter!: number;

  @Column('text')
  reason!: StockReason;

  @Column('uuid', { nullable: true })
  @ForeignKey('Sale', { name: 'stock_movements_sale_fkey' })
  saleId!: string | null;

  @Column('uuid', { nullable: true })
  actorId!: string | null;

  @Column('text', { nullable: true })
  note!: string | null;

  /** When it was asked for, or the time of the movement before it where that is later: set by a trigger. */
  @Column('timestamptz')
  createdAt!: Date;
}
