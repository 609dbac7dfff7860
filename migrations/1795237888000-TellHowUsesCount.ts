import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  'ALTER TABLE promotions ADD COLUMN counting smallint',
  `UPDATE promotions SET counting = (usage_limit IS NOT NULL)::int + 2 * (per_customer_limit IS NOT NULL)::int`,
  'ALTER TABLE promotions ALTER COLUMN counting SET NOT NULL',
  `ALTER TABLE promotions ADD CONSTRAINT promotions_counting_by_limits
     CHECK (counting = (usage_limit IS NOT NULL)::int + 2 * (per_customer_limit IS NOT NULL)::int)`,
  'ALTER TABLE promotions ADD CONSTRAINT promotions_counting_unique UNIQUE (id, counting)',
];

/**
 * How the uses of a promotion are counted becomes part of a key of its row. Only a change of a key waits for those who
 * share a key, as sales do with the promotions that they use, and is seen by those who come to share it later.
 */
export class TellHowUsesCount1795237888000 implements MigrationInterface {
  name = 'TellHowUsesCount1795237888000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE promotions DROP COLUMN counting');
  }
}
