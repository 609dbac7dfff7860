import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Takes two things from imports that nobody has any use of.
 *
 * The products of a category are looked up when it is deleted, and then all of them: with their ids in the index no two
 * entries were alike, so that PostgreSQL could not put them together, and it was ten times as large.
 *
 * Events are read where they are new, by an index of those, and deleted after a month. To walk all that were added, so
 * that readers of whole pages need not look at each row, cost an import of a million products two seconds.
 */
export class LightenImports1795237884000 implements MigrationInterface {
  name = 'LightenImports1795237884000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX products_category_idx');
    await runner.query('CREATE INDEX products_category_idx ON products (category_id)');
    await runner.query('ALTER TABLE outbox_events SET (autovacuum_vacuum_insert_threshold = -1)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox_events RESET (autovacuum_vacuum_insert_threshold)');
    await runner.query('DROP INDEX products_category_idx');
    await runner.query('CREATE INDEX products_category_idx ON products (category_id, id)');
  }
}
