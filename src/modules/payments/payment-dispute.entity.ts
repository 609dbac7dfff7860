import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A charge that a customer disputes with the bank, as the provider tells of it. It moves no sale by itself. */
@Entity('payment_disputes')
@Check('payment_disputes_amount_positive', 'amount > 0')
@Unique('payment_disputes_provider_ref_unique', ['provider', 'providerRef'])
@Index('payment_disputes_payment_idx', ['paymentId'])
export class PaymentDispute {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'payment_disputes_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('Payment', { name: 'payment_disputes_payment_fkey' })
  paymentId!: string;

  @Column('text')
  provider!: string;

  /** The provider's reference of the dispute. */
  @Column('text')
  providerRef!: string;

  /** What is disputed, in minor units. */
  @Column('bigint')
  amount!: bigint;

  @Column('char', { length: 3 })
  currency!: string;

  /** In the words of the provider, as the status. */
  @Column('text')
  reason!: string;

  @Column('text')
  status!: string;

  @Column('boolean')
  closed!: boolean;

  /** Until when the provider takes evidence. */
  @Column('timestamptz', { nullable: true })
  respondBy!: Date | null;

  /** By the clock of the provider, as the moment of the last news. */
  @Column('timestamptz')
  openedAt!: Date;

  @Column('timestamptz')
  toldAt!: Date;
}
