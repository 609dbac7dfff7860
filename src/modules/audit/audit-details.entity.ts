import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** What an entry of the audit log tells of a person, such as a name before and after. Erasure deletes it. */
@Entity('audit_details')
@Check('audit_details_told', 'before IS NOT NULL OR after IS NOT NULL')
@Index('audit_details_person_idx', ['personId'])
export class AuditDetails {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_details_pkey' })
  @ForeignKey('AuditEntry', { name: 'audit_details_entry_fkey' })
  entryId!: string;

  /** Whom it tells of. */
  @Column('uuid')
  personId!: string;

  @Column('jsonb', { nullable: true })
  before!: Readonly<Record<string, unknown>> | null;

  @Column('jsonb', { nullable: true })
  after!: Readonly<Record<string, unknown>> | null;
}
