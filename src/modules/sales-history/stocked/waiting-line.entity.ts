import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A row of a file whose sales move stock: it waits until the file is read and its sale is known whole. */
@Entity('sale_import_lines')
@Index('sale_import_lines_number_idx', ['importId', 'number'])
export class WaitingLine {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sale_import_lines_pkey' })
  importId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'sale_import_lines_pkey' })
  line!: number;

  @Column('text')
  number!: string;

  @Column('boolean')
  cancelled!: boolean;

  @Column('text')
  sku!: string;

  @Column('text')
  name!: string;

  @Column('integer')
  quantity!: number;

  @Column('bigint')
  unitPrice!: bigint;

  @Column('timestamptz')
  placedAt!: Date;

  @Column('text', { nullable: true })
  customer!: string | null;

  @Column('text')
  country!: string;

  /** Its sale has more rows than are taken at once: all of them are refused. */
  @Column('boolean', { default: false })
  tooMany!: boolean;
}
