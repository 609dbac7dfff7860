import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Says in one statement what catalogue_texts says row by row: PostgreSQL puts the functions that it names into the
 * statement, so that a thousand products call none. OFFSET 0 keeps it from working out a text as often as it is named.
 */
const INLINE = String.raw`SELECT id, category_id, price, name, created_at, in_stock, sku_key, name_key,
       public.catalogue_vector(listed), public.catalogue_vector(whole)
     FROM (
       SELECT *, CASE WHEN words = '' THEN listed
         ELSE listed || ' ' || left(public.catalogue_fold(words), 100000) END AS whole
       FROM (
         SELECT *, sku_key || ' ' || name_key AS listed,
           CASE WHEN attributes = '{}' THEN description
             WHEN strpos(valued, '\') > 0 OR strpos(valued, 'null') > 0 THEN description || ' '
               || coalesce((SELECT string_agg(value, ' ') FROM jsonb_each_text(attributes)), '')
             ELSE description || ' ' || valued END AS words
         FROM (
           SELECT id, category_id, price, name, created_at, stock > 0 AS in_stock, description, attributes,
             left(public.catalogue_fold(sku), 128) AS sku_key, left(public.catalogue_fold(name), 255) AS name_key,
             jsonb_path_query_array(attributes, '$.*')::text AS valued
           FROM inserted WHERE active AND archived_at IS NULL ORDER BY created_at, id OFFSET 0
         ) folded OFFSET 0
       ) worded OFFSET 0
     ) texts`;

const CALLING = `SELECT p.id, p.category_id, p.price, p.name, p.created_at, p.stock > 0, t.sku_key, t.name_key, t.title, t.document
     FROM inserted p CROSS JOIN LATERAL catalogue_texts(p.sku, p.name, p.description, p.attributes) t
     WHERE p.active AND p.archived_at IS NULL ORDER BY p.created_at, p.id`;

const productsInserted = (rows: string): string => `CREATE OR REPLACE FUNCTION catalogue_products_inserted()
   RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     INSERT INTO catalogue_entries (product_id, category_id, price, name, created_at, in_stock, sku_key, name_key, title,
       document)
     ${rows};
     RETURN NULL;
   END $$`;

/**
 * Entries are written by these triggers alone, in the transaction that writes their products: a foreign key asked for
 * each whether its product, which was inserted a moment before, is there.
 */
const WITHOUT_KEY = [
  'ALTER TABLE catalogue_entries DROP CONSTRAINT catalogue_entries_product_fkey',
  `CREATE FUNCTION catalogue_products_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     DELETE FROM catalogue_entries e USING deleted d WHERE e.product_id = d.id;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER catalogue_products_deleted AFTER DELETE ON products
   REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION catalogue_products_deleted()`,
  `CREATE FUNCTION catalogue_products_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     -- Whoever names both tables has emptied this one already, and may not do it twice.
     IF EXISTS (SELECT FROM catalogue_entries) THEN
       TRUNCATE catalogue_entries;
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER catalogue_products_truncated AFTER TRUNCATE ON products
   FOR EACH STATEMENT EXECUTE FUNCTION catalogue_products_truncated()`,
];

const WITH_KEY = [
  'DROP TRIGGER catalogue_products_truncated ON products',
  'DROP TRIGGER catalogue_products_deleted ON products',
  'DROP FUNCTION catalogue_products_truncated, catalogue_products_deleted',
  `ALTER TABLE catalogue_entries ADD CONSTRAINT catalogue_entries_product_fkey
   FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE`,
];

/** Makes what lists read of products that are inserted by the thousand cheaper to write. */
export class CheapenNewEntries1795237882000 implements MigrationInterface {
  name = 'CheapenNewEntries1795237882000';

  async up(runner: QueryRunner): Promise<void> {
    for (const step of [productsInserted(INLINE), ...WITHOUT_KEY]) await runner.query(step);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const step of [...WITH_KEY, productsInserted(CALLING)]) await runner.query(step);
  }
}
