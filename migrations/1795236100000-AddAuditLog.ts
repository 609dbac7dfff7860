import type { MigrationInterface, QueryRunner } from 'typeorm';

const up = [
  `CREATE TABLE audit_log (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    actor_id uuid,
    token_id uuid,
    request_id text,
    action text NOT NULL,
    subject_type text NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT audit_log_actor_known CHECK (actor IN ('user', 'api_key', 'anonymous', 'cli', 'system')),
    CONSTRAINT audit_log_actor_named CHECK ((actor IN ('user', 'api_key')) = (actor_id IS NOT NULL)),
    CONSTRAINT audit_log_pkey PRIMARY KEY (id)
  )`,
  `CREATE TABLE audit_addresses (
    entry_id uuid NOT NULL,
    person_id uuid,
    address text NOT NULL,
    CONSTRAINT audit_addresses_pkey PRIMARY KEY (entry_id)
  )`,
  'ALTER TABLE audit_addresses ADD CONSTRAINT audit_addresses_entry_fkey FOREIGN KEY (entry_id) REFERENCES audit_log(id)',
  'CREATE INDEX audit_log_at_idx ON audit_log (at)',
  'CREATE INDEX audit_log_action_idx ON audit_log (action, id)',
  'CREATE INDEX audit_log_actor_idx ON audit_log (actor_id, id)',
  'CREATE INDEX audit_log_subject_idx ON audit_log (subject_id, id)',
  'CREATE INDEX audit_addresses_person_idx ON audit_addresses (person_id)',
  'CREATE INDEX users_erased_idx ON users (erased_at) WHERE erased_at IS NOT NULL',
  'CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change()',
  'CREATE TRIGGER audit_log_not_emptied BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
];

/**
 * What a history tells stays, but for the note: a customer who cancels may write their name into it, and erasure takes
 * it away. Nothing else of a line can change, and no note can be put in the place of another.
 */
const historyNotes = [
  'DROP TRIGGER sale_history_append_only ON sale_history',
  'CREATE TRIGGER sale_history_not_deleted BEFORE DELETE ON sale_history FOR EACH ROW EXECUTE FUNCTION refuse_change()',
  `CREATE TRIGGER sale_history_append_only BEFORE UPDATE ON sale_history FOR EACH ROW
   WHEN (NEW.note IS NOT NULL OR (OLD.id, OLD.sale_id, OLD.from_status, OLD.to_status, OLD.actor, OLD.at)
     IS DISTINCT FROM (NEW.id, NEW.sale_id, NEW.from_status, NEW.to_status, NEW.actor, NEW.at))
   EXECUTE FUNCTION refuse_change()`,
];

/** Who did what to which thing. The network address, which is personal, lies apart: the log itself never changes. */
export class AddAuditLog1795236100000 implements MigrationInterface {
  name = 'AddAuditLog1795236100000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [...up, ...historyNotes]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER sale_history_not_deleted ON sale_history');
    await runner.query('DROP TRIGGER sale_history_append_only ON sale_history');
    await runner.query(
      `CREATE TRIGGER sale_history_append_only BEFORE UPDATE OR DELETE ON sale_history FOR EACH ROW
       EXECUTE FUNCTION refuse_change()`,
    );
    await runner.query('DROP INDEX users_erased_idx');
    await runner.query('DROP TABLE audit_addresses, audit_log');
  }
}
