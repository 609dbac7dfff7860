import type { MigrationInterface, QueryRunner } from 'typeorm';

// Not logged, as catalog_changes: it is empty after a crash of the server, and then every reader has lost its connection
// too and starts anew.
const TABLE = 'CREATE UNLOGGED TABLE tag_changes (xid xid8 NOT NULL, tag text NOT NULL)';

// `sales:<user>` says `sales` too; a guest has nothing that is kept for one buyer alone.
const NOTE_SALES = `CREATE FUNCTION note_sale_changes() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO tag_changes (xid, tag)
    SELECT DISTINCT pg_current_xact_id(), 'sales' || coalesce(':' || user_id, '') FROM changed;
    RETURN NULL;
  END $$`;

const NOTE_PAID = `CREATE FUNCTION note_paid_amount() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO tag_changes (xid, tag)
    SELECT pg_current_xact_id(), 'sales' || coalesce(':' || user_id, '') FROM sales WHERE id = NEW.sale_id;
    RETURN NULL;
  END $$`;

const NOTE_USERS = `CREATE FUNCTION note_user_changes() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO tag_changes (xid, tag) SELECT pg_current_xact_id(), 'users:' || id FROM changed;
    RETURN NULL;
  END $$`;

const NOTE_TABLE = `CREATE FUNCTION note_table_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO tag_changes (xid, tag) VALUES (pg_current_xact_id(), TG_TABLE_NAME);
    RETURN NULL;
  END $$`;

const noting = (table: string, event: string, rows: 'NEW' | 'OLD', note: string): string =>
  `CREATE TRIGGER ${table}_note_${event.toLowerCase()} AFTER ${event} ON ${table}
     REFERENCING ${rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ${note}()`;

const truncating = (table: string): string =>
  `CREATE TRIGGER ${table}_note_truncate AFTER TRUNCATE ON ${table}
     FOR EACH STATEMENT EXECUTE FUNCTION note_table_change()`;

// An account that is only made was shown to nobody yet.
const TRIGGERS = [
  noting('sales', 'INSERT', 'NEW', 'note_sale_changes'),
  noting('sales', 'UPDATE', 'NEW', 'note_sale_changes'),
  noting('sales', 'DELETE', 'OLD', 'note_sale_changes'),
  truncating('sales'),
  noting('users', 'UPDATE', 'NEW', 'note_user_changes'),
  noting('users', 'DELETE', 'OLD', 'note_user_changes'),
  truncating('users'),
  `CREATE TRIGGER payments_note_paid AFTER UPDATE OF status, amount, refunded_amount ON payments FOR EACH ROW
     WHEN ((OLD.status = 'completed', OLD.amount, OLD.refunded_amount)
       IS DISTINCT FROM (NEW.status = 'completed', NEW.amount, NEW.refunded_amount))
     EXECUTE FUNCTION note_paid_amount()`,
];

/** What changed that cached answers are made of, told to every replica that keeps some, whoever changed it. */
export class AddTagChanges1795237720000 implements MigrationInterface {
  name = 'AddTagChanges1795237720000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
    await runner.query('CREATE INDEX tag_changes_xid ON tag_changes (xid)');
    for (const make of [NOTE_SALES, NOTE_PAID, NOTE_USERS, NOTE_TABLE, ...TRIGGERS]) await runner.query(make);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER payments_note_paid ON payments');
    for (const event of ['insert', 'update', 'delete', 'truncate']) {
      await runner.query(`DROP TRIGGER sales_note_${event} ON sales`);
    }
    for (const event of ['update', 'delete', 'truncate'])
      await runner.query(`DROP TRIGGER users_note_${event} ON users`);
    for (const name of ['sale_changes', 'paid_amount', 'user_changes', 'table_change']) {
      await runner.query(`DROP FUNCTION note_${name}()`);
    }
    await runner.query('DROP TABLE tag_changes');
  }
}
