import type { MigrationInterface, QueryRunner } from 'typeorm';

// Not logged: it is empty after a crash of the server, and then every reader has lost its connection too and starts anew.
const TABLE = `CREATE UNLOGGED TABLE catalog_changes (
    xid xid8 NOT NULL,
    product_id uuid,
    version integer,
    kind text NOT NULL,
    stock integer,
    updated_at timestamptz,
    CONSTRAINT catalog_changes_kind_known CHECK (kind IN ('catalogue', 'listing', 'content', 'availability', 'stock'))
  )`;

// `listing`: what lists are filtered and sorted by. `availability`: the stock reached zero or left it. A change that did
// not raise the version is told without one. Both tables of the statement are joined, so many rows cost one insert.
const NOTE_UPDATE = `CREATE FUNCTION note_product_updates() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO catalog_changes (xid, product_id, version, kind, stock, updated_at)
    SELECT pg_current_xact_id(), now.id, CASE WHEN now.version > was.version THEN now.version END,
      CASE
        WHEN (now.sku, now.slug, now.name, now.description, now.price, now.currency, now.category_id, now.active,
              now.archived_at, now.created_at)
          IS DISTINCT FROM (was.sku, was.slug, was.name, was.description, was.price, was.currency, was.category_id,
              was.active, was.archived_at, was.created_at) THEN 'listing'
        WHEN (now.attributes, now.images) IS DISTINCT FROM (was.attributes, was.images) THEN
          CASE WHEN (now.stock > 0) = (was.stock > 0) THEN 'content' ELSE 'listing' END
        WHEN (now.stock > 0) = (was.stock > 0) THEN 'stock'
        ELSE 'availability'
      END, now.stock, now.updated_at
    FROM updated now JOIN outdated was ON was.id = now.id;
    RETURN NULL;
  END $$`;

const NOTE_INSERT = `CREATE FUNCTION note_product_inserts() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO catalog_changes (xid, product_id, version, kind)
    SELECT pg_current_xact_id(), id, version, 'listing' FROM inserted;
    RETURN NULL;
  END $$`;

const NOTE_DELETE = `CREATE FUNCTION note_product_deletes() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO catalog_changes (xid, product_id, version, kind)
    SELECT pg_current_xact_id(), id, version + 1, 'listing' FROM deleted;
    RETURN NULL;
  END $$`;

const NOTE_CATALOGUE = `CREATE FUNCTION note_catalogue_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO catalog_changes (xid, kind) VALUES (pg_current_xact_id(), 'catalogue');
    RETURN NULL;
  END $$`;

const TRIGGERS = [
  `CREATE TRIGGER products_note_updates AFTER UPDATE ON products
     REFERENCING OLD TABLE AS outdated NEW TABLE AS updated FOR EACH STATEMENT EXECUTE FUNCTION note_product_updates()`,
  `CREATE TRIGGER products_note_inserts AFTER INSERT ON products
     REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION note_product_inserts()`,
  `CREATE TRIGGER products_note_deletes AFTER DELETE ON products
     REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION note_product_deletes()`,
  `CREATE TRIGGER products_note_truncate AFTER TRUNCATE ON products
     FOR EACH STATEMENT EXECUTE FUNCTION note_catalogue_change()`,
  `CREATE TRIGGER categories_note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON categories
     FOR EACH STATEMENT EXECUTE FUNCTION note_catalogue_change()`,
];

/** What changed in the catalogue, told to every replica that keeps some of it, whoever changed it. */
export class AddCatalogChanges1795237300000 implements MigrationInterface {
  name = 'AddCatalogChanges1795237300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
    await runner.query('CREATE INDEX catalog_changes_xid ON catalog_changes (xid)');
    for (const make of [NOTE_UPDATE, NOTE_INSERT, NOTE_DELETE, NOTE_CATALOGUE, ...TRIGGERS]) await runner.query(make);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const event of ['updates', 'inserts', 'deletes', 'truncate']) {
      await runner.query(`DROP TRIGGER products_note_${event} ON products`);
    }
    await runner.query('DROP TRIGGER categories_note_change ON categories');
    for (const name of ['product_updates', 'product_inserts', 'product_deletes', 'catalogue_change']) {
      await runner.query(`DROP FUNCTION note_${name}()`);
    }
    await runner.query('DROP TABLE catalog_changes');
  }
}
