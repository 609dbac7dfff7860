import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  // In the order that the ledger has shown so far; its times never run back within a product.
  'ALTER TABLE stock_movements ADD COLUMN position bigint',
  'ALTER TABLE stock_movements DISABLE TRIGGER stock_movements_append_only',
  `UPDATE stock_movements m SET position = o.position, created_at = o.created_at
   FROM (SELECT id, row_number() OVER (ORDER BY id) AS position,
           max(created_at) OVER (PARTITION BY product_id ORDER BY id) AS created_at
         FROM stock_movements) o
   WHERE m.id = o.id`,
  'ALTER TABLE stock_movements ENABLE TRIGGER stock_movements_append_only',
  `ALTER TABLE stock_movements ALTER COLUMN position SET NOT NULL,
     ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY`,
  `SELECT setval(pg_get_serial_sequence('stock_movements', 'position'),
     (SELECT coalesce(max(position), 0) + 1 FROM stock_movements), false)`,
  'DROP INDEX stock_movements_product_idx',
  'CREATE INDEX stock_movements_product_idx ON stock_movements (product_id, created_at, position)',
  // Whoever inserts holds the lock of the product, so the last movement is the one before this one.
  `CREATE FUNCTION stock_movement_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    last timestamptz;
  BEGIN
    SELECT created_at INTO last FROM stock_movements WHERE product_id = NEW.product_id
    ORDER BY created_at DESC, position DESC LIMIT 1;
    IF last > NEW.created_at THEN
      NEW.created_at := last;
    END IF;
    RETURN NEW;
  END $$`,
  `CREATE TRIGGER stock_movements_in_time BEFORE INSERT ON stock_movements
   FOR EACH ROW EXECUTE FUNCTION stock_movement_in_time()`,
];

const DOWN = [
  'DROP TRIGGER stock_movements_in_time ON stock_movements',
  'DROP FUNCTION stock_movement_in_time()',
  'DROP INDEX stock_movements_product_idx',
  'ALTER TABLE stock_movements DROP COLUMN position',
  'CREATE INDEX stock_movements_product_idx ON stock_movements (product_id, id)',
];

/** Puts the movements of a product into the order in which they were applied, so that its level at any moment is known. */
export class OrderStockLedger1795237600000 implements MigrationInterface {
  name = 'OrderStockLedger1795237600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await runner.query(sql);
  }
}
