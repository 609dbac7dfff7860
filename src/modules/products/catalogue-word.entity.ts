import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A word of some product, for the correction of words that none has. May be there twice, or after its last product. */
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
}
