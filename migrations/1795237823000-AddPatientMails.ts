import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets mails that take long to make, and are not waited for, queue apart from those that somebody waits for. */
export class AddPatientMails1795237823000 implements MigrationInterface {
  name = 'AddPatientMails1795237823000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mail_messages ADD COLUMN patient boolean NOT NULL DEFAULT false');
    await runner.query('DROP INDEX mail_messages_due_idx');
    await runner.query('CREATE INDEX mail_messages_due_idx ON mail_messages (patient, due_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX mail_messages_due_idx');
    await runner.query('ALTER TABLE mail_messages DROP COLUMN patient');
    await runner.query('CREATE INDEX mail_messages_due_idx ON mail_messages (due_at)');
  }
}
