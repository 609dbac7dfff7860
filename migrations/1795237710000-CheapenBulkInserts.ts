import type { MigrationInterface, QueryRunner } from 'typeorm';

const fold = (name: string): string => String.raw`CREATE OR REPLACE FUNCTION ${name}(value text) RETURNS text
   LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
     SELECT btrim(regexp_replace(regexp_replace(regexp_replace(
       lower(public.unaccent('public.unaccent'::regdictionary, normalize(value, NFKC))),
       '[\u0300-\u036f]+', '', 'g'),
       '([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])', ' \1 ', 'g'),
       '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\xbf\u02b0-\u02ff\u2000-\u2bff\u3000-\u303f\ufe00-\ufe0f\uff00-\uff0f\ufff0-\uffff\U0001f000-\U0001faff]+',
       ' ', 'g'))
   $$`;

const vector = (name: string): string => `CREATE OR REPLACE FUNCTION ${name}(folded text) RETURNS tsvector
   LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
     SELECT coalesce(array_to_tsvector(array_agg(DISTINCT left(word, 64))), ''::tsvector)
     FROM unnest(string_to_array(folded, ' ')) AS word WHERE word <> ''
   $$`;

/**
 * What most texts need, written so that PostgreSQL puts it into the statement that asks for it: no call of a function,
 * and hardly a match of the expression where nothing but single spaces parts words. The rest is called where it is
 * needed: for texts beyond ASCII, and for words that are to be cut.
 */
const quickTexts = [
  fold('catalogue_fold_any'),
  String.raw`CREATE OR REPLACE FUNCTION catalogue_fold(value text) RETURNS text
   LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
     SELECT CASE WHEN octet_length(value) = length(value)
       THEN btrim(regexp_replace(lower(value),
         ' *[\x01-\x1f\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f][\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]*|  +', ' ', 'g'))
       ELSE public.catalogue_fold_any(value) END
   $$`,
  vector('catalogue_vector_cut'),
  `CREATE OR REPLACE FUNCTION catalogue_vector(folded text) RETURNS tsvector
   LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
     SELECT CASE WHEN length(folded) > 64 AND folded ~ '[^ ]{65}' THEN public.catalogue_vector_cut(folded)
       ELSE array_to_tsvector(array_remove(string_to_array(folded, ' '), '')) END
   $$`,
  String.raw`CREATE OR REPLACE FUNCTION catalogue_texts(sku text, name text, description text, attributes jsonb,
     OUT sku_key text, OUT name_key text, OUT title tsvector, OUT document tsvector)
   LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
   DECLARE
     words text := description;
     listed text;
   BEGIN
     IF attributes <> '{}' THEN
       -- Their values as JSON, which says the same as long as there is nothing in them that JSON writes otherwise.
       listed := jsonb_path_query_array(attributes, '$.*')::text;
       IF strpos(listed, '\') > 0 OR strpos(listed, 'null') > 0 THEN
         listed := (SELECT string_agg(value, ' ') FROM jsonb_each_text(attributes));
       END IF;
       words := words || ' ' || coalesce(listed, '');
     END IF;
     -- One character may fold into many: what goes into a B-tree or a vector is held below their limits.
     sku_key := left(public.catalogue_fold(sku), 128);
     name_key := left(public.catalogue_fold(name), 255);
     listed := sku_key || ' ' || name_key;
     title := public.catalogue_vector(listed);
     IF words = '' THEN
       document := title;
     ELSE
       words := public.catalogue_fold(words);
       words := listed || ' ' || left(words, 100000);
       document := public.catalogue_vector(words);
     END IF;
   END $$`,
];

const formerTexts = [
  fold('catalogue_fold'),
  vector('catalogue_vector'),
  `CREATE OR REPLACE FUNCTION catalogue_texts(sku text, name text, description text, attributes jsonb,
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
  'DROP FUNCTION catalogue_fold_any, catalogue_vector_cut',
];

const entriesInserted = (
  newWords: string,
): string => `CREATE OR REPLACE FUNCTION catalogue_entries_inserted() RETURNS trigger
   LANGUAGE plpgsql AS $$
   BEGIN
     INSERT INTO catalogue_counts (whole, category_id, in_stock, products)
       SELECT false, category_id, in_stock, count(*) FROM inserted GROUP BY category_id, in_stock
       UNION ALL SELECT true, NULL, in_stock, count(*) FROM inserted GROUP BY in_stock;
     ${newWords};
     RETURN NULL;
   END $$`;

/** Each word is looked at once a statement, however many products have it. */
const WORDS_ONCE = `INSERT INTO catalogue_words (word)
     SELECT w.word FROM (SELECT DISTINCT u.word COLLATE "C" AS word
       FROM inserted e CROSS JOIN LATERAL unnest(tsvector_to_array(e.document)) AS u (word) OFFSET 0) w
     WHERE length(w.word) <= 24 AND w.word !~ '[0-9]'
       AND NOT EXISTS (SELECT FROM catalogue_words known WHERE known.word = w.word)`;
const FORMER_WORDS = `INSERT INTO catalogue_words (word)
     SELECT w.word FROM (SELECT DISTINCT u.word COLLATE "C" AS word
       FROM inserted e CROSS JOIN LATERAL unnest(tsvector_to_array(e.document)) AS u (word)
       WHERE length(u.word) <= 24 AND u.word !~ '[0-9]') w
     WHERE NOT EXISTS (SELECT FROM catalogue_words known WHERE known.word = w.word)`;

const noteInserts = (body: string): string => `CREATE OR REPLACE FUNCTION note_product_inserts() RETURNS trigger
   LANGUAGE plpgsql AS $$
   BEGIN
     ${body}
     RETURN NULL;
   END $$`;

const ONE_BY_ONE = `INSERT INTO catalog_changes (xid, product_id, version, kind)
     SELECT pg_current_xact_id(), id, version, 'listing' FROM inserted;`;
/** So many at once are told as all, as the application does among its replicas. */
const FEW_ONE_BY_ONE = `IF (SELECT count(*) FROM (SELECT FROM inserted LIMIT 101) few) > 100 THEN
       INSERT INTO catalog_changes (xid, kind) VALUES (pg_current_xact_id(), 'catalogue');
     ELSE
       ${ONE_BY_ONE}
     END IF;`;

/** Makes what triggers do for products that are inserted by the thousand cost a fraction of what it did. */
export class CheapenBulkInserts1795237710000 implements MigrationInterface {
  name = 'CheapenBulkInserts1795237710000';

  async up(runner: QueryRunner): Promise<void> {
    for (const step of [...quickTexts, entriesInserted(WORDS_ONCE), noteInserts(FEW_ONE_BY_ONE)])
      await runner.query(step);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const step of [...formerTexts, entriesInserted(FORMER_WORDS), noteInserts(ONE_BY_ONE)])
      await runner.query(step);
  }
}
