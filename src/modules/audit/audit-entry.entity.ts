import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ActorKind } from '../../platform/security/request-context.js';

/**
 * Who did what to which thing. The database lets no line of it be changed, nor deleted before its time; so nothing personal may be in
 * `before` and `after`, which nobody could erase: that lies in `audit_details`.
 */
@Entity('audit_log')
@Check('audit_log_actor_known', `actor IN ('user', 'api_key', 'anonymous', 'cli', 'system', 'provider')`)
@Check('audit_log_actor_named', `(actor IN ('user', 'api_key')) = (actor_id IS NOT NULL)`)
@Index('audit_log_at_idx', ['at'])
@Index('audit_log_action_idx', ['action', 'id'])
@Index('audit_log_actor_idx', ['actorId', 'id'])
@Index('audit_log_subject_idx', ['subjectId', 'id'])
export class AuditEntry {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_log_pkey' })
  id!: string;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  actor!: ActorKind;

  @Column('uuid', { nullable: true })
  actorId!: string | null;

  /** The access token that was shown. */
  @Column('uuid', { nullable: true })
  tokenId!: string | null;

  @Column('text', { nullable: true })
  requestId!: string | null;

  @Column('text')
  action!: string;

  @Column('text')
  subjectType!: string;

  @Column('uuid', { nullable: true })
  subjectId!: string | null;

  /** Fields that changed, as they were. */
  @Column('jsonb', { nullable: true })
  before!: Readonly<Record<string, unknown>> | null;

  /** Fields that changed, as they are. */
  @Column('jsonb', { nullable: true })
  after!: Readonly<Record<string, unknown>> | null;
}
