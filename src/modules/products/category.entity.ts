import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A place in the tree by which the catalogue is browsed. */
@Entity('categories')
@Unique('categories_slug_unique', ['slug'])
@Check('categories_not_own_parent', 'parent_id <> id')
@Index('categories_parent_idx', ['parentId'])
export class Category {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'categories_pkey' })
  id!: string;

  @Column('uuid', { nullable: true })
  @ForeignKey('Category', { name: 'categories_parent_fkey' })
  parentId!: string | null;

  @Column('text')
  slug!: string;

  @Column('text')
  name!: string;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}
