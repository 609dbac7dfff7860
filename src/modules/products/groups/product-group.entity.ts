import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** A thing that comes in variants, each of which is a product of its own. */
@Entity('product_groups')
@Unique('product_groups_slug_unique', ['slug'])
@Unique('product_groups_options_unique', ['id', 'optionNames'])
export class ProductGroup {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'product_groups_pkey' })
  id!: string;

  @Column('text')
  slug!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  /** What its members differ in, in alphabetical order; null until the first member says so. */
  @Column('text', { array: true, nullable: true })
  optionNames!: readonly string[] | null;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}
