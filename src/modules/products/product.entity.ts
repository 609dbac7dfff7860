import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A thing that is sold. `price` is what is charged, in minor units; `stock` always equals the sum of the product's movements. */
@Entity('products')
@Unique('products_sku_unique', ['sku'])
@Unique('products_slug_unique', ['slug'])
@Check('products_price_not_negative', 'price >= 0')
@Check('products_stock_not_negative', 'stock >= 0')
@Check(
  'products_sale_price_lower',
  'sale_price IS NULL OR sale_price >= 0 AND sale_price < coalesce(regular_price, price)',
)
@Check('products_sale_period_ordered', 'sale_from < sale_to')
@Check('products_sale_price_charged', 'regular_price IS NULL OR price = sale_price')
@Check(
  'products_sale_whole',
  'sale_price IS NOT NULL OR num_nonnulls(regular_price, sale_from, sale_to, next_price_change_at) = 0',
)
@Check(
  'products_options_named',
  "num_nulls(group_id, option_names) IN (0, 2) AND options ?& coalesce(option_names, '{}') AND options - coalesce(option_names, '{}') = '{}'",
)
@ForeignKey('ProductGroup', ['groupId', 'optionNames'], ['id', 'optionNames'], { name: 'products_group_fkey' })
@Index('products_variant_unique', ['groupId', 'options'], {
  unique: true,
  where: 'group_id IS NOT NULL AND archived_at IS NULL',
})
@Index('products_group_idx', ['groupId'], { where: 'group_id IS NOT NULL' })
@Index('products_price_changes_idx', ['nextPriceChangeAt'], { where: 'next_price_change_at IS NOT NULL' })
@Check('products_low_stock_threshold_not_negative', 'low_stock_threshold >= 0')
@Check('products_weight_not_negative', 'weight >= 0')
@Index('products_category_idx', ['categoryId'])
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

  /** Below this level the stock is low; null for what the shop's setting says. */
  @Column('integer', { nullable: true })
  lowStockThreshold!: number | null;

  /** Grams, as it is sent; null counts as nothing. */
  @Column('integer', { nullable: true })
  weight!: number | null;

  /** Which rates of tax it has. */
  @Column('text', { default: 'standard' })
  taxCategory!: string;

  @Column('timestamptz', { nullable: true })
  archivedAt!: Date | null;

  @Column('uuid', { nullable: true })
  groupId!: string | null;

  /** What the members of its group differ in: what the group has, as the foreign key sees to. */
  @Column('text', { array: true, nullable: true })
  optionNames!: readonly string[] | null;

  @Column('jsonb', { default: {} })
  options!: Readonly<Record<string, string>>;

  /** What `price` goes back to when the sale price that is charged now is over; null while `price` is that. */
  @Column('bigint', { nullable: true })
  regularPrice!: bigint | null;

  @Column('bigint', { nullable: true })
  salePrice!: bigint | null;

  @Column('timestamptz', { nullable: true })
  saleFrom!: Date | null;

  @Column('timestamptz', { nullable: true })
  saleTo!: Date | null;

  /** When `price` is to become another one by itself. */
  @Column('timestamptz', { nullable: true })
  nextPriceChangeAt!: Date | null;
}
