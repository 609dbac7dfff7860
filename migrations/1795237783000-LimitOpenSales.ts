import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  'ALTER TABLE sales ADD COLUMN open_place integer',
  // Nobody takes a place twice, however many try at once. It is left with the status.
  `CREATE UNIQUE INDEX sales_open_place_unique ON sales ((coalesce(user_id, cart_id)), open_place)
     WHERE status = 'pending' AND open_place IS NOT NULL`,
];

const DOWN = ['ALTER TABLE sales DROP COLUMN open_place'];

/** Which of the unpaid sales of its buyer a sale is, so that their number can be limited. */
export class LimitOpenSales1795237783000 implements MigrationInterface {
  name = 'LimitOpenSales1795237783000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await runner.query(sql);
  }
}
