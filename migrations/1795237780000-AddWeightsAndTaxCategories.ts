import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `ALTER TABLE products ADD COLUMN weight integer, ADD COLUMN tax_category text NOT NULL DEFAULT 'standard'`,
  'ALTER TABLE products ADD CONSTRAINT products_weight_not_negative CHECK (weight >= 0)',
];

const DOWN = ['ALTER TABLE products DROP COLUMN weight, DROP COLUMN tax_category'];

/** What products weigh, and which rates of tax they have. */
export class AddWeightsAndTaxCategories1795237780000 implements MigrationInterface {
  name = 'AddWeightsAndTaxCategories1795237780000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await runner.query(sql);
  }
}
