import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Where an entry of the audit log came from. It is personal, so erasure deletes it and leaves the entry. */
@Entity('audit_addresses')
@Index('audit_addresses_person_idx', ['personId'])
export class AuditAddress {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_addresses_pkey' })
  @ForeignKey('AuditEntry', { name: 'audit_addresses_entry_fkey' })
  entryId!: string;

  /** Whose address it is: that of who acted, or of the account that somebody tried to log in to. */
  @Column('uuid', { nullable: true })
  personId!: string | null;

  @Column('text')
  address!: string;
}
