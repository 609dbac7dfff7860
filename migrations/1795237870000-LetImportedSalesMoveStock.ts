import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  'ALTER TABLE catalogue_imports ADD COLUMN move_stock boolean NOT NULL DEFAULT false',
  `CREATE TABLE sale_import_lines (
     import_id uuid NOT NULL,
     line integer NOT NULL,
     number text NOT NULL,
     cancelled boolean NOT NULL,
     sku text NOT NULL,
     name text NOT NULL,
     quantity integer NOT NULL,
     unit_price bigint NOT NULL,
     placed_at timestamptz NOT NULL,
     customer text,
     country text NOT NULL,
     too_many boolean NOT NULL DEFAULT false,
     CONSTRAINT sale_import_lines_pkey PRIMARY KEY (import_id, line)
   )`,
  'CREATE INDEX sale_import_lines_number_idx ON sale_import_lines (import_id, number)',
];

const DOWN = ['DROP TABLE sale_import_lines', 'ALTER TABLE catalogue_imports DROP COLUMN move_stock'];

/** Lets imported sales take stock: their rows wait until the file is read, so that a sale is taken or refused whole. */
export class LetImportedSalesMoveStock1795237870000 implements MigrationInterface {
  name = 'LetImportedSalesMoveStock1795237870000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await runner.query(sql);
  }
}
