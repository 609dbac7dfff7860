import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Imports of the catalogue as jobs: what was uploaded, how far each has got, and what it refused. */
export class AddCatalogueImports1795237400000 implements MigrationInterface {
  name = 'AddCatalogueImports1795237400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE catalogue_imports (
      id uuid NOT NULL,
      status text NOT NULL,
      format text NOT NULL,
      map jsonb,
      dry_run boolean NOT NULL,
      actor text NOT NULL,
      actor_id uuid,
      request_id text,
      total_bytes bigint NOT NULL,
      read_bytes bigint NOT NULL,
      line integer NOT NULL,
      processed integer NOT NULL,
      created integer NOT NULL,
      updated integer NOT NULL,
      unchanged integer NOT NULL,
      refused integer NOT NULL,
      categories integer NOT NULL,
      problems integer NOT NULL,
      failure_code text,
      failure_line integer,
      failure_message text,
      runner uuid,
      attempts integer NOT NULL,
      created_at timestamptz NOT NULL,
      touched_at timestamptz NOT NULL,
      started_at timestamptz,
      finished_at timestamptz,
      CONSTRAINT catalogue_imports_pkey PRIMARY KEY (id),
      CONSTRAINT catalogue_imports_status_known CHECK (status IN ('receiving', 'queued', 'running', 'completed', 'failed')),
      CONSTRAINT catalogue_imports_format_known CHECK (format IN ('csv', 'ndjson')),
      CONSTRAINT catalogue_imports_rows_add_up CHECK (processed = created + updated + unchanged + refused),
      CONSTRAINT catalogue_imports_failure_told CHECK ((status = 'failed') = (failure_code IS NOT NULL)),
      CONSTRAINT catalogue_imports_finish_told CHECK ((status IN ('completed', 'failed')) = (finished_at IS NOT NULL))
    )`);
    await runner.query(
      `CREATE INDEX catalogue_imports_open_idx ON catalogue_imports (id) WHERE status IN ('queued', 'running')`,
    );
    await runner.query(`CREATE TABLE catalogue_import_chunks (
      import_id uuid NOT NULL,
      number integer NOT NULL,
      bytes bytea NOT NULL,
      CONSTRAINT catalogue_import_chunks_pkey PRIMARY KEY (import_id, number),
      CONSTRAINT catalogue_import_chunks_import_fkey FOREIGN KEY (import_id) REFERENCES catalogue_imports(id) ON DELETE CASCADE
    )`);
    // What is compressed already is not compressed again.
    await runner.query('ALTER TABLE catalogue_import_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL');
    await runner.query(`CREATE TABLE catalogue_import_errors (
      import_id uuid NOT NULL,
      number integer NOT NULL,
      line integer NOT NULL,
      column_name text NOT NULL,
      code text NOT NULL,
      reason text NOT NULL,
      CONSTRAINT catalogue_import_errors_pkey PRIMARY KEY (import_id, number),
      CONSTRAINT catalogue_import_errors_import_fkey FOREIGN KEY (import_id) REFERENCES catalogue_imports(id) ON DELETE CASCADE
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE catalogue_import_errors, catalogue_import_chunks, catalogue_imports');
  }
}
