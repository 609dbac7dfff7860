import type { MigrationInterface, QueryRunner } from 'typeorm';

const INDEX =
  'CREATE UNIQUE INDEX stock_movements_once_per_sale ON stock_movements (sale_id, product_id, reason) WHERE';

/**
 * Lets a sale that is not paid yet take more of a product, or less, than when it was placed: each difference is a
 * movement of its own. Its stock still comes back once, and it is placed once since its id is.
 */
export class LetSalesBeEdited1795237822000 implements MigrationInterface {
  name = 'LetSalesBeEdited1795237822000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX stock_movements_once_per_sale');
    await runner.query(`${INDEX} sale_id IS NOT NULL AND reason = 'release'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX stock_movements_once_per_sale');
    await runner.query(`${INDEX} sale_id IS NOT NULL AND reason IN ('sale', 'release')`);
  }
}
