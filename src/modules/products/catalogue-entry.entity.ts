import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A product that the public sees, as lists and searches read it: kept by triggers on products, so that raw SQL keeps
 * it too, in the transaction that writes the product, which is why no foreign key asks again. It stands apart from the product because sales rewrite that row: an index over whether a product is in stock,
 * or vectors beside its stock, would make every sale write them again.
 *
 * The keys are folded texts: lower case, without accents, words parted by single spaces. Indexes that hold further
 * columns along, or texts by other methods than a B-tree, are only named here: the mapper cannot write them.
 */
@Entity('catalogue_entries')
@Index('catalogue_entries_category_created_idx', { synchronize: false })
@Index('catalogue_entries_category_name_idx', { synchronize: false })
@Index('catalogue_entries_category_price_idx', { synchronize: false })
@Index('catalogue_entries_created_idx', { synchronize: false })
@Index('catalogue_entries_document_idx', { synchronize: false })
@Index('catalogue_entries_name_idx', { synchronize: false })
@Index('catalogue_entries_name_key_idx', { synchronize: false })
@Index('catalogue_entries_number_idx', ['number'])
@Index('catalogue_entries_price_idx', { synchronize: false })
@Index('catalogue_entries_sku_key_idx', { synchronize: false })
@Index('catalogue_entries_stock_idx', ['inStock', 'categoryId'])
@Index('catalogue_entries_title_idx', { synchronize: false })
export class CatalogueEntry {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'catalogue_entries_pkey' })
  productId!: string;

  /** Order of listing: later ones are newer in the order of relevance. */
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  number!: bigint;

  @Column('uuid', { nullable: true })
  categoryId!: string | null;

  @Column('bigint')
  price!: bigint;

  @Column('text')
  name!: string;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('boolean')
  inStock!: boolean;

  @Column({ type: 'text', collation: 'C' })
  skuKey!: string;

  @Column({ type: 'text', collation: 'C' })
  nameKey!: string;

  /** Words of SKU and name. */
  @Column('tsvector')
  title!: string;

  /** Words of the title, the description and the values of the attributes. */
  @Column('tsvector')
  document!: string;
}
