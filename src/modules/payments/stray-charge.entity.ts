import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** Money that a provider took and that paid nothing, so that it goes back. It is part of no sale and has no invoice. */
@Entity('stray_charges')
@Check('stray_charges_amount_positive', 'amount > 0')
@Check('stray_charges_reason_known', `reason IN ('already_paid', 'amount_mismatch')`)
@Check('stray_charges_status_known', `status IN ('pending', 'completed', 'failed')`)
@Unique('stray_charges_provider_ref_unique', ['provider', 'providerRef'])
@Index('stray_charges_sale_idx', ['saleId'])
@Index('stray_charges_payment_idx', ['paymentId'])
@Index('stray_charges_pending_idx', ['updatedAt'], { where: `status = 'pending'` })
export class StrayCharge {
  /** Names the refund to the provider. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'stray_charges_pkey' })
  id!: string;

  /** The payment that asked for it. */
  @Column('uuid')
  @ForeignKey('Payment', { name: 'stray_charges_payment_fkey' })
  paymentId!: string;

  @Column('uuid')
  @ForeignKey('Sale', { name: 'stray_charges_sale_fkey' })
  saleId!: string;

  @Column('text')
  provider!: string;

  /** The provider's reference of the charge. */
  @Column('text')
  providerRef!: string;

  /** What was taken, in minor units of its currency, which may be another one than the sale's. */
  @Column('bigint')
  amount!: bigint;

  @Column('char', { length: 3 })
  currency!: string;

  @Column('text')
  reason!: StrayReason;

  /** Of the refund; a failed one is for staff. */
  @Column('text')
  status!: 'pending' | 'completed' | 'failed';

  @Column('text', { nullable: true })
  refundRef!: string | null;

  @Column('text', { nullable: true })
  failureCode!: string | null;

  @Column('timestamptz')
  createdAt!: Date;

  /** When it was decided, or last tried. */
  @Column('timestamptz')
  updatedAt!: Date;
}

export type StrayReason = 'already_paid' | 'amount_mismatch';
