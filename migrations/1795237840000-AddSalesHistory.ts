import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  'ALTER TABLE sales ADD COLUMN origin text, ADD COLUMN import_id uuid, ADD COLUMN customer_id uuid',
  'ALTER TABLE sales DROP CONSTRAINT sales_buyer_known',
  `ALTER TABLE sales ADD CONSTRAINT sales_buyer_known
     CHECK (user_id IS NOT NULL OR email IS NOT NULL OR origin IS NOT NULL)`,
  'ALTER TABLE sales ADD CONSTRAINT sales_import_has_origin CHECK (import_id IS NULL OR origin IS NOT NULL)',
  'CREATE INDEX sales_placed_idx ON sales (placed_at, payment_status, status) WHERE origin IS NULL',
  'CREATE INDEX sales_imported_idx ON sales (placed_at) WHERE origin IS NOT NULL',
  `CREATE TABLE past_customers (
     id uuid NOT NULL,
     reference text NOT NULL,
     user_id uuid,
     created_at timestamptz NOT NULL,
     CONSTRAINT past_customers_pkey PRIMARY KEY (id),
     CONSTRAINT past_customers_reference_unique UNIQUE (reference),
     CONSTRAINT past_customers_user_fkey FOREIGN KEY (user_id) REFERENCES users (id)
   )`,
  'CREATE INDEX past_customers_user_idx ON past_customers (user_id) WHERE user_id IS NOT NULL',
  `ALTER TABLE sales ADD CONSTRAINT sales_customer_fkey FOREIGN KEY (customer_id) REFERENCES past_customers (id)`,
  `CREATE TABLE sale_import_files (
     digest bytea NOT NULL,
     import_id uuid NOT NULL,
     runner uuid NOT NULL,
     line integer NOT NULL,
     touched_at timestamptz NOT NULL,
     CONSTRAINT sale_import_files_pkey PRIMARY KEY (digest)
   )`,
  `ALTER TABLE catalogue_imports ADD COLUMN kind text NOT NULL DEFAULT 'catalogue'`,
  `ALTER TABLE catalogue_imports ADD CONSTRAINT catalogue_imports_kind_known CHECK (kind IN ('catalogue', 'sales'))`,
];

const DOWN = [
  'ALTER TABLE catalogue_imports DROP COLUMN kind',
  'DROP TABLE sale_import_files',
  'ALTER TABLE sales DROP CONSTRAINT sales_customer_fkey',
  'DROP TABLE past_customers',
  'DROP INDEX sales_placed_idx',
  'DROP INDEX sales_imported_idx',
  'ALTER TABLE sales DROP CONSTRAINT sales_buyer_known, DROP CONSTRAINT sales_import_has_origin',
  'ALTER TABLE sales DROP COLUMN origin, DROP COLUMN import_id, DROP COLUMN customer_id',
  // Fails where sales were imported that have no buyer of ours: they would have to be deleted first.
  'ALTER TABLE sales ADD CONSTRAINT sales_buyer_known CHECK (user_id IS NOT NULL OR email IS NOT NULL)',
];

/** Sales that another system has made: where they come from, whose they are, and how far a file of them is imported. */
export class AddSalesHistory1795237840000 implements MigrationInterface {
  name = 'AddSalesHistory1795237840000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await runner.query(sql);
  }
}
