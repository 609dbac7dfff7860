import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE expired_carts (
     begun_from timestamptz NOT NULL,
     carts integer NOT NULL,
     CONSTRAINT expired_carts_some CHECK (carts > 0),
     CONSTRAINT expired_carts_pkey PRIMARY KEY (begun_from)
   )`,
  'CREATE INDEX sales_guest_cart_idx ON sales (cart_id) WHERE user_id IS NULL AND cart_id IS NOT NULL',
];

const DOWN = ['DROP INDEX sales_guest_cart_idx', 'DROP TABLE expired_carts'];

/** Carts that nobody has changed for long expire: all but those that sales of guests are found by. */
export class ExpireCarts1795237887000 implements MigrationInterface {
  name = 'ExpireCarts1795237887000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await runner.query(sql);
  }
}
