import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `CREATE TABLE audit_details (
    entry_id uuid NOT NULL,
    person_id uuid NOT NULL,
    before jsonb,
    after jsonb,
    CONSTRAINT audit_details_told CHECK (before IS NOT NULL OR after IS NOT NULL),
    CONSTRAINT audit_details_pkey PRIMARY KEY (entry_id)
  )`,
  'ALTER TABLE audit_details ADD CONSTRAINT audit_details_entry_fkey FOREIGN KEY (entry_id) REFERENCES audit_log(id)',
  'CREATE INDEX audit_details_person_idx ON audit_details (person_id)',
  'CREATE TRIGGER audit_details_append_only BEFORE UPDATE ON audit_details FOR EACH ROW EXECUTE FUNCTION refuse_change()',
  'CREATE TRIGGER audit_addresses_append_only BEFORE UPDATE ON audit_addresses FOR EACH ROW EXECUTE FUNCTION refuse_change()',
];

/** What an entry of the audit log tells of a person lies apart, as the address does: it can be erased, never changed. */
export class AddAuditDetails1795237001000 implements MigrationInterface {
  name = 'AddAuditDetails1795237001000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER audit_addresses_append_only ON audit_addresses');
    await runner.query('DROP TABLE audit_details');
  }
}
