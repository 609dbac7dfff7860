import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A domain event, written in the transaction that causes it. `id`, `type`, `subject` and `time` are those of its
 * CloudEvents 1.0 envelope.
 */
@Entity('outbox_events')
@Index('outbox_events_unpublished_idx', ['position'], { where: 'published_at IS NULL' })
@Index('outbox_events_retry_idx', ['retryAt'], { where: 'published_at IS NULL AND retry_at IS NOT NULL' })
export class OutboxEvent {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'outbox_events_pkey' })
  id!: string;

  /** Order of writing; not the order of commits. */
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  position!: bigint;

  @Column('text')
  type!: string;

  @Column('uuid')
  aggregateId!: string;

  @Column('jsonb')
  data!: Readonly<Record<string, unknown>>;

  @Column('timestamptz')
  occurredAt!: Date;

  @Column('integer', { default: 0 })
  attempts!: number;

  @Column('timestamptz', { nullable: true })
  retryAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  publishedAt!: Date | null;
}
