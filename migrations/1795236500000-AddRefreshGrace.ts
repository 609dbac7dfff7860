import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What tells a race of refreshes, and a lost answer, from the reuse of a refresh token. */
export class AddRefreshGrace1795236500000 implements MigrationInterface {
  name = 'AddRefreshGrace1795236500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE refresh_tokens
         ADD COLUMN parent_id uuid, ADD COLUMN raced_at timestamptz, ADD COLUMN lost_at timestamptz`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE refresh_tokens DROP COLUMN parent_id, DROP COLUMN raced_at, DROP COLUMN lost_at');
  }
}
