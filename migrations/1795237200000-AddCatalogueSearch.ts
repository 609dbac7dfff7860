import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Needed by the functions below. Both are trusted: whoever may create in the database may create them. */
const extensions = ['CREATE EXTENSION IF NOT EXISTS pg_trgm', 'CREATE EXTENSION IF NOT EXISTS unaccent'];

const tables = [
  `CREATE TABLE catalogue_entries (
    product_id uuid NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    category_id uuid,
    price bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    in_stock boolean NOT NULL,
    sku_key text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    title tsvector NOT NULL,
    document tsvector NOT NULL,
    CONSTRAINT catalogue_entries_pkey PRIMARY KEY (product_id),
    CONSTRAINT catalogue_entries_product_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE
  ) WITH (fillfactor = 90)`,
  `CREATE TABLE catalogue_counts (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    whole boolean NOT NULL,
    category_id uuid,
    in_stock boolean NOT NULL,
    products bigint NOT NULL,
    CONSTRAINT catalogue_counts_pkey PRIMARY KEY (id)
  )`,
  `CREATE TABLE catalogue_words (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    word text COLLATE "C" NOT NULL,
    products integer NOT NULL DEFAULT 0,
    titles integer NOT NULL DEFAULT 0,
    CONSTRAINT catalogue_words_pkey PRIMARY KEY (id)
  )`,
];

const indexes = [
  'CREATE INDEX catalogue_counts_category_idx ON catalogue_counts (whole, category_id)',
  'CREATE INDEX catalogue_entries_category_created_idx ON catalogue_entries (category_id, created_at, product_id) INCLUDE (price, in_stock)',
  'CREATE INDEX catalogue_entries_category_name_idx ON catalogue_entries (category_id, name, product_id) INCLUDE (price, in_stock)',
  'CREATE INDEX catalogue_entries_category_price_idx ON catalogue_entries (category_id, price, product_id) INCLUDE (in_stock)',
  'CREATE INDEX catalogue_entries_created_idx ON catalogue_entries (created_at, product_id) INCLUDE (price, in_stock, category_id)',
  'CREATE INDEX catalogue_entries_document_idx ON catalogue_entries USING gin (document)',
  'CREATE INDEX catalogue_entries_name_idx ON catalogue_entries (name, product_id) INCLUDE (price, in_stock, category_id)',
  'CREATE INDEX catalogue_entries_name_key_idx ON catalogue_entries (name_key, number DESC)',
  'CREATE INDEX catalogue_entries_number_idx ON catalogue_entries (number)',
  'CREATE INDEX catalogue_entries_price_idx ON catalogue_entries (price, product_id) INCLUDE (in_stock, category_id)',
  'CREATE INDEX catalogue_entries_sku_key_idx ON catalogue_entries (sku_key, number DESC)',
  'CREATE INDEX catalogue_entries_stock_idx ON catalogue_entries (in_stock, category_id)',
  'CREATE INDEX catalogue_entries_title_idx ON catalogue_entries USING gin (title)',
  'CREATE INDEX catalogue_words_similar_idx ON catalogue_words USING gin (word gin_trgm_ops)',
  'CREATE INDEX catalogue_words_word_idx ON catalogue_words (word)',
];

/**
 * Names the dictionary and its schema, so that the outcome depends on nothing but the text: what makes the wrapper
 * immutable. Marks that NFKC leaves alone go; Han and kana, which are written without spaces, become words of one
 * character; what is neither letter nor digit parts words.
 */
const functions = [
  String.raw`CREATE FUNCTION catalogue_fold(value text) RETURNS text
   LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
     SELECT btrim(regexp_replace(regexp_replace(regexp_replace(
       lower(public.unaccent('public.unaccent'::regdictionary, normalize(value, NFKC))),
       '[\u0300-\u036f]+', '', 'g'),
       '([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])', ' \1 ', 'g'),
       '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\xbf\u02b0-\u02ff\u2000-\u2bff\u3000-\u303f\ufe00-\ufe0f\uff00-\uff0f\ufff0-\uffff\U0001f000-\U0001faff]+',
       ' ', 'g'))
   $$`,
  `CREATE FUNCTION catalogue_vector(folded text) RETURNS tsvector
   LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
     SELECT coalesce(array_to_tsvector(array_agg(DISTINCT left(word, 64))), ''::tsvector)
     FROM unnest(string_to_array(folded, ' ')) AS word WHERE word <> ''
   $$`,
  `CREATE FUNCTION catalogue_texts(sku text, name text, description text, attributes jsonb,
     OUT sku_key text, OUT name_key text, OUT title tsvector, OUT document tsvector)
   LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
   BEGIN
     -- One character may fold into many: what goes into a B-tree or a vector is held below their limits.
     sku_key := left(public.catalogue_fold(sku), 128);
     name_key := left(public.catalogue_fold(name), 255);
     title := public.catalogue_vector(sku_key || ' ' || name_key);
     document := public.catalogue_vector(sku_key || ' ' || name_key || ' ' || left(public.catalogue_fold(
       description || ' ' || coalesce((SELECT string_agg(value, ' ') FROM jsonb_each_text(attributes)), '')), 100000));
   END $$`,
];

const ENTRY_COLUMNS = `product_id, category_id, price, name, created_at, in_stock, sku_key, name_key, title, document`;

const insertFrom = (source: string): string => `INSERT INTO catalogue_entries (${ENTRY_COLUMNS})
  SELECT p.id, p.category_id, p.price, p.name, p.created_at, p.stock > 0, t.sku_key, t.name_key, t.title, t.document
  FROM ${source} p CROSS JOIN LATERAL catalogue_texts(p.sku, p.name, p.description, p.attributes) t
  WHERE p.active AND p.archived_at IS NULL`;

const VISIBLE_NEW = 'NEW.active AND NEW.archived_at IS NULL';
const VISIBLE_OLD = 'OLD.active AND OLD.archived_at IS NULL';
const TEXTS = (row: string): string => `(${row}.sku, ${row}.name, ${row}.description, ${row}.attributes)`;

/**
 * Sales change stock, version and updated_at alone: none of the column lists but that of stock names one of these, and
 * that trigger is called only where stock has come to zero or left it.
 */
const productTriggers = [
  `CREATE FUNCTION catalogue_products_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     ${insertFrom('inserted')} ORDER BY p.created_at, p.id;
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION catalogue_product_changed() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT (${VISIBLE_NEW}) THEN
       DELETE FROM catalogue_entries WHERE product_id = NEW.id;
     ELSIF ${VISIBLE_OLD} AND ${TEXTS('OLD')} IS NOT DISTINCT FROM ${TEXTS('NEW')} THEN
       UPDATE catalogue_entries SET category_id = NEW.category_id, price = NEW.price, created_at = NEW.created_at
       WHERE product_id = NEW.id;
     ELSIF ${VISIBLE_OLD} THEN
       UPDATE catalogue_entries SET category_id = NEW.category_id, price = NEW.price, created_at = NEW.created_at,
         name = NEW.name, sku_key = t.sku_key, name_key = t.name_key, title = t.title, document = t.document
       FROM catalogue_texts(NEW.sku, NEW.name, NEW.description, NEW.attributes) t WHERE product_id = NEW.id;
     ELSE
       INSERT INTO catalogue_entries (${ENTRY_COLUMNS})
       SELECT NEW.id, NEW.category_id, NEW.price, NEW.name, NEW.created_at, NEW.stock > 0, t.sku_key, t.name_key, t.title,
         t.document
       FROM catalogue_texts(NEW.sku, NEW.name, NEW.description, NEW.attributes) t;
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION catalogue_product_stock_turned() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     UPDATE catalogue_entries SET in_stock = NEW.stock > 0 WHERE product_id = NEW.id;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER catalogue_products_inserted AFTER INSERT ON products
   REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION catalogue_products_inserted()`,
  `CREATE TRIGGER catalogue_product_changed
   AFTER UPDATE OF sku, name, description, price, category_id, attributes, active, created_at, archived_at ON products
   FOR EACH ROW WHEN (
     (OLD.sku, OLD.name, OLD.description, OLD.price, OLD.category_id, OLD.attributes, OLD.active, OLD.created_at,
       OLD.archived_at)
     IS DISTINCT FROM (NEW.sku, NEW.name, NEW.description, NEW.price, NEW.category_id, NEW.attributes, NEW.active,
       NEW.created_at, NEW.archived_at))
   EXECUTE FUNCTION catalogue_product_changed()`,
  `CREATE TRIGGER catalogue_product_stock_turned AFTER UPDATE OF stock ON products
   FOR EACH ROW WHEN ((OLD.stock > 0) <> (NEW.stock > 0)) EXECUTE FUNCTION catalogue_product_stock_turned()`,
];

/** Only ever added to by those who change products, so that none of them waits for another. */
const countsOf = (
  source: string,
  sign: '' | '-',
): string => `INSERT INTO catalogue_counts (whole, category_id, in_stock, products)
       SELECT false, category_id, in_stock, ${sign}count(*) FROM ${source} GROUP BY category_id, in_stock
       UNION ALL SELECT true, NULL, in_stock, ${sign}count(*) FROM ${source} GROUP BY in_stock`;

/** Words without digits, which are no numbers of anything. Those that are there already cost a look. */
const newWords = (source: string): string => `INSERT INTO catalogue_words (word)
     SELECT w.word FROM (SELECT DISTINCT u.word COLLATE "C" AS word
       FROM ${source} e CROSS JOIN LATERAL unnest(tsvector_to_array(e.document)) AS u (word)
       WHERE length(u.word) <= 24 AND u.word !~ '[0-9]') w
     WHERE NOT EXISTS (SELECT FROM catalogue_words known WHERE known.word = w.word)`;

const entryTriggers = [
  `CREATE FUNCTION catalogue_entries_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     ${countsOf('inserted', '')};
     ${newWords('inserted')};
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION catalogue_entries_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     ${countsOf('deleted', '-')};
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION catalogue_entry_moved() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     INSERT INTO catalogue_counts (whole, category_id, in_stock, products)
     VALUES (false, OLD.category_id, OLD.in_stock, -1), (false, NEW.category_id, NEW.in_stock, 1);
     IF OLD.in_stock <> NEW.in_stock THEN
       INSERT INTO catalogue_counts (whole, in_stock, products)
       VALUES (true, OLD.in_stock, -1), (true, NEW.in_stock, 1);
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION catalogue_entry_reworded() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     ${newWords('(SELECT NEW.document)')};
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION catalogue_entries_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     DELETE FROM catalogue_counts;
     DELETE FROM catalogue_words;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER catalogue_entries_inserted AFTER INSERT ON catalogue_entries
   REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION catalogue_entries_inserted()`,
  `CREATE TRIGGER catalogue_entries_deleted AFTER DELETE ON catalogue_entries
   REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION catalogue_entries_deleted()`,
  `CREATE TRIGGER catalogue_entry_moved AFTER UPDATE OF category_id, in_stock ON catalogue_entries
   FOR EACH ROW WHEN ((OLD.category_id, OLD.in_stock) IS DISTINCT FROM (NEW.category_id, NEW.in_stock))
   EXECUTE FUNCTION catalogue_entry_moved()`,
  `CREATE TRIGGER catalogue_entry_reworded AFTER UPDATE OF document ON catalogue_entries
   FOR EACH ROW WHEN (OLD.document IS DISTINCT FROM NEW.document) EXECUTE FUNCTION catalogue_entry_reworded()`,
  `CREATE TRIGGER catalogue_entries_truncated AFTER TRUNCATE ON catalogue_entries
   FOR EACH STATEMENT EXECUTE FUNCTION catalogue_entries_truncated()`,
];

/** What lists read now stands in catalogue_entries, so sales need not carry these along. */
const formerIndexes = [
  'CREATE INDEX products_catalogue_created_idx ON products (created_at, id) WHERE active AND archived_at IS NULL',
  'CREATE INDEX products_catalogue_name_idx ON products (name, id) WHERE active AND archived_at IS NULL',
  'CREATE INDEX products_catalogue_price_idx ON products (price, id) WHERE active AND archived_at IS NULL',
];

const undo = [
  'DROP TRIGGER catalogue_products_inserted ON products',
  'DROP TRIGGER catalogue_product_changed ON products',
  'DROP TRIGGER catalogue_product_stock_turned ON products',
  'DROP TABLE catalogue_entries, catalogue_counts, catalogue_words',
  `DROP FUNCTION catalogue_products_inserted, catalogue_product_changed, catalogue_product_stock_turned,
     catalogue_entries_inserted, catalogue_entries_deleted, catalogue_entry_moved, catalogue_entry_reworded,
     catalogue_entries_truncated, catalogue_texts, catalogue_vector, catalogue_fold`,
];

/**
 * What lists and searches read, beside the products that sales write: one row a visible product, the number of them
 * kept by category, and the words that occur.
 */
export class AddCatalogueSearch1795237200000 implements MigrationInterface {
  name = 'AddCatalogueSearch1795237200000';

  async up(runner: QueryRunner): Promise<void> {
    const filled = [
      `${insertFrom('products')} ORDER BY p.created_at, p.id`,
      countsOf('catalogue_entries', ''),
      newWords('catalogue_entries'),
    ];
    // The indexes are built over the rows that are there already: quicker than row by row.
    const steps = [...extensions, ...tables, ...functions, ...filled, ...indexes, ...productTriggers, ...entryTriggers];
    for (const step of steps) await runner.query(step);
    for (const name of ['created', 'name', 'price']) await runner.query(`DROP INDEX products_catalogue_${name}_idx`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const step of [...undo, ...formerIndexes]) await runner.query(step);
  }
}
