import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** What was bought together with a product, as it was last worked out. */
@Entity('related_products')
export class RelatedProducts {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'related_products_pkey' })
  @ForeignKey('Product', { name: 'related_products_product_fkey', onDelete: 'CASCADE' })
  productId!: string;

  /** Closest first; some of them may be archived or hidden by now. */
  @Column('uuid', { array: true })
  relatedIds!: readonly string[];

  @Column('timestamptz')
  computedAt!: Date;
}
