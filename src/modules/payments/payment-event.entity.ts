import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A webhook that had its effect: written in the transaction of it, so that another delivery has none. */
@Entity('payment_events')
@Index('payment_events_received_idx', ['receivedAt'])
export class PaymentEvent {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'payment_events_pkey' })
  provider!: string;

  /** The provider's id of it. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'payment_events_pkey' })
  eventId!: string;

  @Column('text')
  type!: string;

  /** The payment, refund or stray charge that it is about; null where this shop knows none. */
  @Column('uuid', { nullable: true })
  subjectId!: string | null;

  @Column('timestamptz')
  receivedAt!: Date;
}
