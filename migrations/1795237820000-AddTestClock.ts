import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets the time of a shop in development be moved for all its processes, and for SQL that asks for it. */
export class AddTestClock1795237820000 implements MigrationInterface {
  name = 'AddTestClock1795237820000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE test_clock (
        id smallint NOT NULL,
        offset_ms bigint NOT NULL,
        CONSTRAINT test_clock_one_row CHECK (id = 1),
        CONSTRAINT test_clock_pkey PRIMARY KEY (id)
      )`,
    );
    await runner.query(
      `CREATE FUNCTION clock_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
        SELECT now() + coalesce((SELECT offset_ms FROM test_clock), 0) * interval '1 millisecond'
      $$`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION clock_now()');
    await runner.query('DROP TABLE test_clock');
  }
}
