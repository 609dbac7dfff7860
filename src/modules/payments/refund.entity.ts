import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Money given back on a payment; the credit note that it causes names it. */
@Entity('refunds')
@Check('refunds_status_known', `status IN ('pending', 'completed', 'failed')`)
@Check('refunds_amount_positive', 'amount > 0')
@Index('refunds_sale_idx', ['saleId', 'id'])
@Index('refunds_payment_idx', ['paymentId'])
export class Refund {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'refunds_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('Payment', { name: 'refunds_payment_fkey' })
  paymentId!: string;

  @Column('uuid')
  @ForeignKey('Sale', { name: 'refunds_sale_fkey' })
  saleId!: string;

  @Column('bigint')
  amount!: bigint;

  @Column('char', { length: 3 })
  currency!: string;

  @Column('text')
  status!: 'pending' | 'completed' | 'failed';

  @Column('text')
  reason!: string;

  @Column('text', { nullable: true })
  providerRef!: string | null;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}
