import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A thing that is sold. `price` is in minor units; `stock` always equals the sum of the product's movements. */
@Entity('products')
@Unique('products_sku_unique', ['sku'])
@Unique('products_slug_unique', ['slug'])
@Check('products_price_not_negative', 'price >= 0')
@Check('products_stock_not_negative', 'stock >= 0')
@Index('products_category_idx', ['categoryId', 'id'])
export class Product {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'products_pkey' })
  id!: string;

  @Column('text')
  sku!: string;

  @Column('text')
  slug!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('bigint')
  price!: bigint;

  @Column('char', { length: 3 })
  currency!: string;

  @Column('integer')
  stock!: number;

  @Column('uuid', { nullable: true })
  @ForeignKey('Category', { name: 'products_category_fkey', onDelete: 'SET NULL' })
  categoryId!: string | null;

  @Column('jsonb')
  attributes!: Readonly<Record<string, string>>;

  @Column('jsonb')
  images!: readonly string[];

  @Column('boolean')
  active!: boolean;

  @Column('integer')
  version!: number;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;

  @Column('timestamptz', { nullable: true })
  archivedAt!: Date | null;
}
