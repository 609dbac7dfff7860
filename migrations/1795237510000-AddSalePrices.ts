import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A lower price for a time. What is charged stays in `price`; what it goes back to is kept beside it meanwhile. */
export class AddSalePrices1795237510000 implements MigrationInterface {
  name = 'AddSalePrices1795237510000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE products
         ADD COLUMN regular_price bigint, ADD COLUMN sale_price bigint, ADD COLUMN sale_from timestamptz,
         ADD COLUMN sale_to timestamptz, ADD COLUMN next_price_change_at timestamptz,
         ADD CONSTRAINT products_sale_price_lower
           CHECK (sale_price IS NULL OR sale_price >= 0 AND sale_price < coalesce(regular_price, price)),
         ADD CONSTRAINT products_sale_period_ordered CHECK (sale_from < sale_to),
         ADD CONSTRAINT products_sale_price_charged CHECK (regular_price IS NULL OR price = sale_price),
         ADD CONSTRAINT products_sale_whole CHECK (sale_price IS NOT NULL
           OR num_nonnulls(regular_price, sale_from, sale_to, next_price_change_at) = 0)`,
    );
    await runner.query(
      `CREATE INDEX products_price_changes_idx ON products (next_price_change_at)
       WHERE next_price_change_at IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX products_price_changes_idx');
    await runner.query('UPDATE products SET price = regular_price WHERE regular_price IS NOT NULL');
    await runner.query(
      `ALTER TABLE products DROP COLUMN regular_price, DROP COLUMN sale_price, DROP COLUMN sale_from,
         DROP COLUMN sale_to, DROP COLUMN next_price_change_at`,
    );
  }
}
