import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** That a consumer has had its effect of an event: written in the same transaction as the effect. */
@Entity('consumed_events')
@Index('consumed_events_consumed_idx', ['consumedAt'])
export class ConsumedEvent {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'consumed_events_pkey' })
  consumer!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'consumed_events_pkey' })
  eventId!: string;

  @Column('timestamptz')
  consumedAt!: Date;
}
