import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Money given back on a payment; the credit note that it causes names it. */
@Entity('refunds')
@Check('refunds_status_known', `status IN ('pending', 'completed', 'failed')`)
@Check('refunds_amount_positive', 'amount > 0')
@Check('refunds_parts_not_negative', 'subtotal >= 0 AND discount >= 0 AND shipping >= 0 AND tax >= 0')
@Check('refunds_amount_adds_up', 'amount = subtotal - discount + shipping + tax')
@Index('refunds_sale_idx', ['saleId', 'id'])
@Index('refunds_payment_idx', ['paymentId'])
@Index('refunds_provider_ref_unique', ['providerRef', 'paymentId'], {
  unique: true,
  where: 'provider_ref IS NOT NULL',
})
@Index('refunds_pending_idx', ['updatedAt'], { where: `status = 'pending'` })
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

  /** Sum of the line totals of its items. */
  @Column('bigint')
  subtotal!: bigint;

  @Column('bigint')
  discount!: bigint;

  @Column('bigint')
  shipping!: bigint;

  /** Of the items and of the shipping. */
  @Column('bigint')
  tax!: bigint;

  @Column('char', { length: 3 })
  currency!: string;

  @Column('text')
  status!: 'pending' | 'completed' | 'failed';

  @Column('text')
  reason!: string;

  @Column('text', { nullable: true })
  providerRef!: string | null;

  /** Why the provider did not pay it out; on a completed one, why the money came back to it later. */
  @Column('text', { nullable: true })
  failureCode!: string | null;

  @Column('timestamptz')
  createdAt!: Date;

  /** When it was decided, or last tried. */
  @Column('timestamptz')
  updatedAt!: Date;
}
