import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A file whose sales a command is importing, and how far that is: started again, it goes on behind that line. */
@Entity('sale_import_files')
export class SaleImportFile {
  /** SHA-256 of the file and of what was asked for. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'sale_import_files_pkey' })
  digest!: Buffer;

  @Column('uuid')
  importId!: string;

  /** Whoever runs it now: a batch of anybody else is taken back. */
  @Column('uuid')
  runner!: string;

  @Column('integer')
  line!: number;

  @Column('timestamptz')
  touchedAt!: Date;
}
