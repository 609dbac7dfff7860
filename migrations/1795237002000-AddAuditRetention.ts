import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The application may not delete from the log itself: it asks this function, which runs with the rights of its owner
 * and leaves alone what is younger than thirty days, whatever it is asked. PUBLIC may not ask; who may is granted to
 * the application's role with the tables.
 */
const remove = `CREATE FUNCTION remove_audit_entries(older_than timestamptz, most integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  DECLARE
    removed integer;
  BEGIN
    WITH old AS (
      SELECT id FROM audit_log WHERE at < LEAST(older_than, now() - interval '30 days') ORDER BY at LIMIT most
    ), addresses AS (
      DELETE FROM audit_addresses WHERE entry_id IN (SELECT id FROM old)
    ), details AS (
      DELETE FROM audit_details WHERE entry_id IN (SELECT id FROM old)
    )
    DELETE FROM audit_log WHERE id IN (SELECT id FROM old);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
  END $$`;

const statements = [
  'DROP TRIGGER audit_log_append_only ON audit_log',
  'CREATE TRIGGER audit_log_append_only BEFORE UPDATE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change()',
  `CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log FOR EACH ROW
   WHEN (OLD.at >= now() - interval '30 days') EXECUTE FUNCTION refuse_change()`,
  remove,
  'REVOKE ALL ON FUNCTION remove_audit_entries(timestamptz, integer) FROM PUBLIC',
];

/** Entries of the audit log may be removed once they are old: nobody can change one, or remove a young one. */
export class AddAuditRetention1795237002000 implements MigrationInterface {
  name = 'AddAuditRetention1795237002000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION remove_audit_entries(timestamptz, integer)');
    await runner.query('DROP TRIGGER audit_log_kept ON audit_log');
    await runner.query('DROP TRIGGER audit_log_append_only ON audit_log');
    await runner.query(
      'CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    );
  }
}
