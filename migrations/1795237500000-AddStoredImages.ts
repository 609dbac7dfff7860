import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What lies in the media store, so that what nobody shows any more can be found. */
export class AddStoredImages1795237500000 implements MigrationInterface {
  name = 'AddStoredImages1795237500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE stored_images (
         id text NOT NULL,
         stored_at timestamptz NOT NULL,
         orphaned_since timestamptz,
         CONSTRAINT stored_images_id_is_digest CHECK (id ~ '^[0-9a-f]{64}$'),
         CONSTRAINT stored_images_pkey PRIMARY KEY (id)
       )`,
    );
    await runner.query(
      'CREATE INDEX stored_images_orphans_idx ON stored_images (orphaned_since) WHERE orphaned_since IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stored_images');
  }
}
