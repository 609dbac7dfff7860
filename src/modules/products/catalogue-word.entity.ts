import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A word of some product: for the correction of words that none has, and to tell frequent words from rare ones. May be
 * there twice, or after its last product.
 */
@Entity('catalogue_words')
@Index('catalogue_words_similar_idx', { synchronize: false })
@Index('catalogue_words_word_idx', ['word'])
export class CatalogueWord {
  @PrimaryColumn('bigint', {
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'catalogue_words_pkey',
  })
  id!: bigint;

  @Column({ type: 'text', collation: 'C' })
  word!: string;

  /** How many products have it, about: out of a sample, from time to time. */
  @Column('integer', { default: 0 })
  products!: number;

  /** How many have it in SKU or name, about. */
  @Column('integer', { default: 0 })
  titles!: number;
}
