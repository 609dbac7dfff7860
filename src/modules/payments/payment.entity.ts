import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

export const PAYMENT_STATES = ['pending', 'completed', 'failed', 'refunded'] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** One attempt to pay a sale. A sale has at most one that is pending or completed. */
@Entity('payments')
@Check('payments_status_known', `status IN ('pending', 'completed', 'failed', 'refunded')`)
@Check('payments_amount_not_negative', 'amount >= 0')
@Check('payments_refunds_within_amount', 'refunded_amount BETWEEN 0 AND amount')
@Index('payments_sale_idx', ['saleId', 'id'])
@Index('payments_one_open_per_sale', ['saleId'], {
  unique: true,
  where: `status IN ('pending', 'completed', 'refunded')`,
})
@Index('payments_undecided_idx', ['updatedAt'], { where: `status = 'pending' OR giving_up` })
@Index('payments_provider_ref_unique', ['provider', 'providerRef'], {
  unique: true,
  where: 'provider_ref IS NOT NULL',
})
export class Payment {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'payments_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('Sale', { name: 'payments_sale_fkey' })
  saleId!: string;

  @Column('text')
  provider!: string;

  @Column('text')
  method!: string;

  @Column('bigint')
  amount!: bigint;

  @Column('bigint')
  refundedAmount!: bigint;

  @Column('char', { length: 3 })
  currency!: string;

  @Column('text')
  status!: PaymentState;

  @Column('text', { nullable: true })
  providerRef!: string | null;

  @Column('text', { nullable: true })
  failureCode!: string | null;

  /** The provider is still to be kept from completing it. */
  @Column('boolean', { default: false })
  givingUp!: boolean;

  @Column('timestamptz')
  createdAt!: Date;

  /** The last change, or sign of life of whoever waits for the provider. */
  @Column('timestamptz')
  updatedAt!: Date;
}
