import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { SaleStatus } from './sale-lifecycle.js';

/** A change of a sale's status: when, by whom, with what note. */
@Entity('sale_history')
@Index('sale_history_sale_idx', ['saleId', 'id'])
export class SaleHistoryEntry {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sale_history_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('Sale', { name: 'sale_history_sale_fkey' })
  saleId!: string;

  @Column('text', { nullable: true })
  fromStatus!: SaleStatus | null;

  @Column('text')
  toStatus!: SaleStatus;

  /** `customer`, `payment`, `expiry`, or the id of the member of staff. */
  @Column('text')
  actor!: string;

  @Column('text', { nullable: true })
  note!: string | null;

  @Column('timestamptz')
  at!: Date;
}
