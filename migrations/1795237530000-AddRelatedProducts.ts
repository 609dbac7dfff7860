import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was bought together with each product, as it was last worked out. */
export class AddRelatedProducts1795237530000 implements MigrationInterface {
  name = 'AddRelatedProducts1795237530000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE related_products (
         product_id uuid NOT NULL,
         related_ids uuid[] NOT NULL,
         computed_at timestamptz NOT NULL,
         CONSTRAINT related_products_pkey PRIMARY KEY (product_id)
       )`,
    );
    await runner.query(
      `ALTER TABLE related_products ADD CONSTRAINT related_products_product_fkey
         FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE related_products');
  }
}
