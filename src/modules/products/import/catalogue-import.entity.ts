import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** `receiving` is shown to nobody: the file has not arrived whole. */
export type StoredImportStatus = 'receiving' | 'queued' | 'running' | 'completed' | 'failed';

/**
 * A job that imports a file which was uploaded: where it stands after the last batch that was committed. A batch and
 * its count change in one transaction.
 */
@Entity('catalogue_imports')
@Check('catalogue_imports_status_known', `status IN ('receiving', 'queued', 'running', 'completed', 'failed')`)
@Check('catalogue_imports_kind_known', `kind IN ('catalogue', 'sales')`)
@Check('catalogue_imports_format_known', `format IN ('csv', 'ndjson')`)
@Check('catalogue_imports_rows_add_up', 'processed = created + updated + unchanged + refused')
@Check('catalogue_imports_failure_told', `(status = 'failed') = (failure_code IS NOT NULL)`)
@Check('catalogue_imports_finish_told', `(status IN ('completed', 'failed')) = (finished_at IS NOT NULL)`)
@Index('catalogue_imports_open_idx', ['id'], { where: `status IN ('queued', 'running')` })
export class CatalogueImport {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'catalogue_imports_pkey' })
  id!: string;

  @Column('text')
  status!: StoredImportStatus;

  /** What the rows of the file are. */
  @Column('text', { default: 'catalogue' })
  kind!: 'catalogue' | 'sales';

  @Column('text')
  format!: 'csv' | 'ndjson';

  /** What our columns are called in the file, where it has names of its own. */
  @Column('jsonb', { nullable: true })
  map!: object | null;

  @Column('boolean')
  dryRun!: boolean;

  /** Whether sales that it brings in take what they sold from the stock. */
  @Column('boolean', { default: false })
  moveStock!: boolean;

  @Column('text')
  actor!: string;

  @Column('uuid', { nullable: true })
  actorId!: string | null;

  @Column('text', { nullable: true })
  requestId!: string | null;

  /** Of the file as it is kept, which is compressed. */
  @Column('bigint')
  totalBytes!: bigint;

  @Column('bigint')
  readBytes!: bigint;

  /** The last line that is done with. */
  @Column('integer')
  line!: number;

  @Column('integer')
  processed!: number;

  @Column('integer')
  created!: number;

  @Column('integer')
  updated!: number;

  @Column('integer')
  unchanged!: number;

  @Column('integer')
  refused!: number;

  @Column('integer')
  categories!: number;

  /** Entries of the report; a refused row has one or more. */
  @Column('integer')
  problems!: number;

  @Column('text', { nullable: true })
  failureCode!: string | null;

  @Column('integer', { nullable: true })
  failureLine!: number | null;

  @Column('text', { nullable: true })
  failureMessage!: string | null;

  /** Whoever runs it now: a batch of anybody else is taken back. */
  @Column('uuid', { nullable: true })
  runner!: string | null;

  /** How often it was taken up since it last got on. */
  @Column('integer')
  attempts!: number;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  touchedAt!: Date;

  @Column('timestamptz', { nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  finishedAt!: Date | null;
}

/** A piece of an uploaded file, in the order of its numbers; gone when the import ends. */
@Entity('catalogue_import_chunks')
export class CatalogueImportChunk {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'catalogue_import_chunks_pkey' })
  @ForeignKey('CatalogueImport', { name: 'catalogue_import_chunks_import_fkey', onDelete: 'CASCADE' })
  importId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'catalogue_import_chunks_pkey' })
  number!: number;

  @Column('bytea')
  bytes!: Buffer;
}

/** What was wrong with a row. */
@Entity('catalogue_import_errors')
export class CatalogueImportError {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'catalogue_import_errors_pkey' })
  @ForeignKey('CatalogueImport', { name: 'catalogue_import_errors_import_fkey', onDelete: 'CASCADE' })
  importId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'catalogue_import_errors_pkey' })
  number!: number;

  @Column('integer')
  line!: number;

  @Column('text')
  columnName!: string;

  @Column('text')
  code!: string;

  @Column('text')
  reason!: string;
}
