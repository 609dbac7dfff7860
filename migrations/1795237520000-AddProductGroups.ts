import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Variants of one thing: products of a group name the same options and differ in their values. */
export class AddProductGroups1795237520000 implements MigrationInterface {
  name = 'AddProductGroups1795237520000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE product_groups (
         id uuid NOT NULL,
         slug text NOT NULL,
         name text NOT NULL,
         description text NOT NULL,
         option_names text[],
         created_at timestamptz NOT NULL,
         updated_at timestamptz NOT NULL,
         CONSTRAINT product_groups_options_unique UNIQUE (id, option_names),
         CONSTRAINT product_groups_slug_unique UNIQUE (slug),
         CONSTRAINT product_groups_pkey PRIMARY KEY (id)
       )`,
    );
    await runner.query(
      `ALTER TABLE products
         ADD COLUMN group_id uuid, ADD COLUMN option_names text[], ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
         ADD CONSTRAINT products_options_named CHECK (
           num_nulls(group_id, option_names) IN (0, 2)
           AND options ?& coalesce(option_names, '{}') AND options - coalesce(option_names, '{}') = '{}'),
         ADD CONSTRAINT products_group_fkey
           FOREIGN KEY (group_id, option_names) REFERENCES product_groups (id, option_names)`,
    );
    await runner.query(
      `CREATE UNIQUE INDEX products_variant_unique ON products (group_id, options)
       WHERE group_id IS NOT NULL AND archived_at IS NULL`,
    );
    await runner.query('CREATE INDEX products_group_idx ON products (group_id) WHERE group_id IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE products DROP COLUMN options, DROP COLUMN option_names, DROP COLUMN group_id');
    await runner.query('DROP TABLE product_groups');
  }
}
