import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE tax_rates (
    id uuid CONSTRAINT tax_rates_pkey PRIMARY KEY,
    country char(2) NOT NULL,
    region text,
    region_key text NOT NULL,
    category text NOT NULL,
    rate integer NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT tax_rates_place_unique UNIQUE (country, region_key, category),
    CONSTRAINT tax_rates_rate_range CHECK (rate BETWEEN 0 AND 1000000))`,
  // What is kept of cart totals ends with it.
  `CREATE TRIGGER tax_rates_note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON tax_rates
     FOR EACH STATEMENT EXECUTE FUNCTION note_table_change()`,
  // Rates of sales from before are not known.
  `ALTER TABLE sales ADD COLUMN prices_include_tax boolean NOT NULL DEFAULT false,
     ADD COLUMN shipping_tax bigint NOT NULL DEFAULT 0, ADD COLUMN shipping_tax_rate integer`,
  'ALTER TABLE sale_items ADD COLUMN included_tax bigint NOT NULL DEFAULT 0, ADD COLUMN tax_rate integer',
  `ALTER TABLE invoices ADD COLUMN prices_include_tax boolean NOT NULL DEFAULT false,
     ADD COLUMN shipping_tax bigint, ADD COLUMN shipping_tax_rate integer`,
];

const DOWN = [
  'ALTER TABLE invoices DROP COLUMN prices_include_tax, DROP COLUMN shipping_tax, DROP COLUMN shipping_tax_rate',
  'ALTER TABLE sale_items DROP COLUMN included_tax, DROP COLUMN tax_rate',
  'ALTER TABLE sales DROP COLUMN prices_include_tax, DROP COLUMN shipping_tax, DROP COLUMN shipping_tax_rate',
  'DROP TABLE tax_rates',
];

/** Rates of tax, and which of them sales and invoices have. */
export class AddTaxRates1795237782000 implements MigrationInterface {
  name = 'AddTaxRates1795237782000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await runner.query(sql);
  }
}
