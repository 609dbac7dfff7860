import type { MigrationInterface, QueryRunner } from 'typeorm';

const benefits = (
  more: string,
): string => `ALTER TABLE promotions ADD CONSTRAINT promotions_benefit_fits CHECK (CASE type
      WHEN 'percentage' THEN rate IS NOT NULL AND amount IS NULL AND buy_quantity IS NULL AND get_quantity IS NULL
      WHEN 'fixed' THEN rate IS NULL AND amount > 0 AND buy_quantity IS NULL AND get_quantity IS NULL
      WHEN 'buy_x_get_y' THEN rate IS NOT NULL AND amount IS NULL AND buy_quantity > 0 AND get_quantity > 0
      ${more}ELSE false END)`;
const FREE_SHIPPING = `WHEN 'free_shipping' THEN rate IS NULL AND amount IS NULL AND buy_quantity IS NULL AND get_quantity IS NULL
      `;
const NO_BENEFITS = 'ALTER TABLE promotions DROP CONSTRAINT promotions_benefit_fits';

const UP = [
  `CREATE TABLE shipping_methods (
    id uuid CONSTRAINT shipping_methods_pkey PRIMARY KEY,
    code text NOT NULL,
    name text NOT NULL,
    active boolean NOT NULL,
    kind text NOT NULL,
    price bigint,
    brackets jsonb,
    free_above bigint,
    countries text[],
    sort_order integer NOT NULL,
    tax_category text,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT shipping_methods_code_unique UNIQUE (code),
    CONSTRAINT shipping_methods_kind_fits CHECK (CASE kind
      WHEN 'flat' THEN price IS NOT NULL AND brackets IS NULL
      WHEN 'by_weight' THEN price IS NULL AND brackets IS NOT NULL
      WHEN 'by_total' THEN price IS NULL AND brackets IS NOT NULL
      ELSE false END),
    CONSTRAINT shipping_methods_amounts_not_negative CHECK (price >= 0 AND free_above >= 0))`,
  // What is kept of cart totals ends with it.
  `CREATE TRIGGER shipping_methods_note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON shipping_methods
     FOR EACH STATEMENT EXECUTE FUNCTION note_table_change()`,
  'ALTER TABLE users ADD COLUMN default_shipping_method text',
  `ALTER TABLE users ADD CONSTRAINT users_default_shipping_method_fkey
     FOREIGN KEY (default_shipping_method) REFERENCES shipping_methods (code) ON DELETE SET NULL`,
  `CREATE INDEX users_default_shipping_method_idx ON users (default_shipping_method)
     WHERE default_shipping_method IS NOT NULL`,
  NO_BENEFITS,
  benefits(FREE_SHIPPING),
];

const DOWN = [
  `DELETE FROM promotion_uses WHERE promotion_id IN (SELECT id FROM promotions WHERE type = 'free_shipping')`,
  `DELETE FROM promotions WHERE type = 'free_shipping'`,
  NO_BENEFITS,
  benefits(''),
  'ALTER TABLE users DROP COLUMN default_shipping_method',
  'DROP TABLE shipping_methods',
];

/** Shipping methods, which of them a customer prefers, and promotions that give the shipping. */
export class AddShippingMethods1795237781000 implements MigrationInterface {
  name = 'AddShippingMethods1795237781000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await runner.query(sql);
  }
}
