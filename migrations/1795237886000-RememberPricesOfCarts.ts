import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  'ALTER TABLE cart_items ADD COLUMN unit_price bigint',
  // Nobody knows what was shown before: what is already in a cart has not changed its price.
  'UPDATE cart_items SET unit_price = p.price FROM products p WHERE p.id = product_id',
  'ALTER TABLE cart_items ALTER COLUMN unit_price SET NOT NULL',
  'ALTER TABLE cart_items ADD CONSTRAINT cart_items_price_not_negative CHECK (unit_price >= 0)',
];

/** Lines of carts remember the price that their owner saw, to tell when it has become another one. */
export class RememberPricesOfCarts1795237886000 implements MigrationInterface {
  name = 'RememberPricesOfCarts1795237886000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE cart_items DROP COLUMN unit_price');
  }
}
