import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A table of sums, whose rows are rewritten in place, so that pages are left room; `columns` are what they are by, in the order of the primary key. */
const sums = (
  table: string,
  columns: Readonly<Record<string, string>>,
  units: boolean,
): string => `CREATE TABLE ${table} (
  ${Object.entries(columns)
    .map(([name, type]) => `${name} ${type} NOT NULL,`)
    .join('\n  ')}
  sales bigint NOT NULL,
  ${units ? 'units bigint NOT NULL,' : ''}
  revenue bigint NOT NULL,
  CONSTRAINT ${table}_pkey PRIMARY KEY (${Object.keys(columns).join(', ')})
) WITH (fillfactor = 70)`;

const WHERE = { country: 'text', status: 'text' };

const TABLES: readonly string[] = [
  sums('analytics_slots', { slot: 'timestamptz', ...WHERE }, true),
  sums('analytics_product_days', { day: 'date', product_id: 'uuid', ...WHERE }, true),
  sums('analytics_product_months', { month: 'date', product_id: 'uuid', ...WHERE }, true),
  sums('analytics_category_days', { day: 'date', category_id: 'uuid', ...WHERE }, true),
  sums('analytics_category_months', { month: 'date', category_id: 'uuid', ...WHERE }, true),
  sums('analytics_customer_days', { day: 'date', customer: 'uuid', ...WHERE }, false),
  sums('analytics_customer_months', { month: 'date', customer: 'uuid', ...WHERE }, false),
  `CREATE TABLE analytics_sales (
     sale_id uuid NOT NULL,
     status text NOT NULL,
     country text NOT NULL,
     customer uuid,
     lines integer NOT NULL,
     CONSTRAINT analytics_sales_pkey PRIMARY KEY (sale_id)
   )`,
  `CREATE TABLE analytics_pending (
     position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
     sale_id uuid NOT NULL,
     CONSTRAINT analytics_pending_pkey PRIMARY KEY (position)
   )`,
  `CREATE TABLE analytics_moved_products (
     position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
     product_id uuid NOT NULL,
     CONSTRAINT analytics_moved_products_pkey PRIMARY KEY (position)
   )`,
];

const NAMES = [
  'moved_products',
  'pending',
  'sales',
  'customer_months',
  'customer_days',
  'category_months',
  'category_days',
  'product_months',
  'product_days',
  'slots',
];

// Fires for statements that name the column alone: no sale does.
const NOTE = `CREATE FUNCTION note_moved_product() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO analytics_moved_products (product_id) VALUES (NEW.id);
    RETURN NULL;
  END $$`;
const TRIGGER = `CREATE TRIGGER products_note_moved AFTER UPDATE OF category_id ON products FOR EACH ROW
  WHEN (OLD.category_id IS DISTINCT FROM NEW.category_id) EXECUTE FUNCTION note_moved_product()`;

/** Sums of sales, what of each sale is in them, and what waits to be. */
export class AddAnalytics1795237841000 implements MigrationInterface {
  name = 'AddAnalytics1795237841000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [...TABLES, NOTE, TRIGGER]) await runner.query(sql);
    // Sales that are there already wait for their first summing up.
    await runner.query(
      `INSERT INTO analytics_pending (sale_id) SELECT id FROM sales WHERE status <> 'pending' ORDER BY placed_at, id`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER products_note_moved ON products');
    await runner.query('DROP FUNCTION note_moved_product()');
    for (const name of NAMES) await runner.query(`DROP TABLE analytics_${name}`);
  }
}
