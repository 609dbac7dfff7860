import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * How many products the public sees: the sum of the rows of a category, or of the whole. Changes are added as rows of
 * their own, so that those who make products at the same time do not wait for each other; a job sums them up.
 */
@Entity('catalogue_counts')
@Index('catalogue_counts_category_idx', ['whole', 'categoryId'])
export class CatalogueCount {
  @PrimaryColumn('bigint', {
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'catalogue_counts_pkey',
  })
  id!: bigint;

  /** Counts the whole catalogue, not a category or the products without one. */
  @Column('boolean')
  whole!: boolean;

  @Column('uuid', { nullable: true })
  categoryId!: string | null;

  @Column('boolean')
  inStock!: boolean;

  /** More or fewer products. */
  @Column('bigint')
  products!: bigint;
}
