import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A product's own threshold, or that of the shop, which each connection of the application brings along. */
const THRESHOLD = `coalesce(NEW.low_stock_threshold, nullif(current_setting('tradepost.low_stock_threshold', true), '')::integer)`;

const UP = [
  'ALTER TABLE products ADD COLUMN low_stock_threshold integer',
  `ALTER TABLE products ADD CONSTRAINT products_low_stock_threshold_not_negative CHECK (low_stock_threshold >= 0)`,
  // The id is a UUIDv7 (RFC 9562, section 5.7): bits 52 and 53 turn version 4 into 7.
  `CREATE FUNCTION stock_is_low() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at)
    VALUES (
      encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
        substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
        52, 1), 53, 1), 'hex')::uuid,
      'stock.low', NEW.id,
      jsonb_build_object('productId', NEW.id, 'sku', NEW.sku, 'name', NEW.name, 'stock', NEW.stock,
        'lowStockThreshold', ${THRESHOLD}),
      NEW.updated_at);
    RETURN NULL;
  END $$`,
  // The condition is looked at with every change of a level and costs next to nothing; deferred, the event comes after
  // the stock.changed of its movement, whoever writes that.
  `CREATE CONSTRAINT TRIGGER products_stock_is_low AFTER UPDATE OF stock ON products
   DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
   WHEN (NEW.stock < ${THRESHOLD} AND OLD.stock >= ${THRESHOLD}) EXECUTE FUNCTION stock_is_low()`,
];

const DOWN = [
  'DROP TRIGGER products_stock_is_low ON products',
  'DROP FUNCTION stock_is_low()',
  'ALTER TABLE products DROP COLUMN low_stock_threshold',
];

/** Tells of every product whose stock falls below its threshold, whichever statement takes it. */
export class AddLowStock1795237610000 implements MigrationInterface {
  name = 'AddLowStock1795237610000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await runner.query(sql);
  }
}
