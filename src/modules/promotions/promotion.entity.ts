import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** A reason to charge less. Without a code it applies by itself; with one, to who names it. */
@Entity('promotions')
@Unique('promotions_code_unique', ['code'])
@Check(
  'promotions_benefit_fits',
  `CASE type
      WHEN 'percentage' THEN rate IS NOT NULL AND amount IS NULL AND buy_quantity IS NULL AND get_quantity IS NULL
      WHEN 'fixed' THEN rate IS NULL AND amount > 0 AND buy_quantity IS NULL AND get_quantity IS NULL
      WHEN 'buy_x_get_y' THEN rate IS NOT NULL AND amount IS NULL AND buy_quantity > 0 AND get_quantity > 0
      WHEN 'free_shipping' THEN rate IS NULL AND amount IS NULL AND buy_quantity IS NULL AND get_quantity IS NULL
      ELSE false END`,
)
@Check('promotions_rate_range', 'rate BETWEEN 1 AND 1000000')
@Check('promotions_minimum_not_negative', 'minimum >= 0')
@Check('promotions_period_order', 'starts_at < ends_at')
@Check('promotions_uses_within_limit', 'uses >= 0 AND uses <= coalesce(usage_limit, uses)')
@Check('promotions_per_customer_range', 'per_customer_limit > 0')
@Check(
  'promotions_counting_by_limits',
  'counting = (usage_limit IS NOT NULL)::int + 2 * (per_customer_limit IS NOT NULL)::int',
)
@Unique('promotions_counting_unique', ['id', 'counting'])
@Index('promotions_automatic_idx', ['id'], { where: 'active AND code IS NULL' })
export class PromotionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'promotions_pkey' })
  id!: string;

  /** In capitals. */
  @Column('text', { nullable: true })
  code!: string | null;

  @Column('text')
  name!: string;

  @Column('text')
  type!: string;

  /** In millionths. */
  @Column('integer', { nullable: true })
  rate!: number | null;

  @Column('bigint', { nullable: true })
  amount!: bigint | null;

  @Column('integer', { nullable: true })
  buyQuantity!: number | null;

  @Column('integer', { nullable: true })
  getQuantity!: number | null;

  /** What it is for, together with the categories and theirs below; everything where both are null. */
  @Column('uuid', { array: true, nullable: true })
  productIds!: readonly string[] | null;

  @Column('uuid', { array: true, nullable: true })
  categoryIds!: readonly string[] | null;

  @Column('bigint')
  minimum!: bigint;

  @Column('boolean')
  exclusive!: boolean;

  @Column('integer')
  priority!: number;

  @Column('timestamptz', { nullable: true })
  startsAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  endsAt!: Date | null;

  @Column('integer', { nullable: true })
  usageLimit!: number | null;

  @Column('integer', { nullable: true })
  perCustomerLimit!: number | null;

  /** Counted where there is a limit: otherwise every checkout would wait for this row. */
  @Column('integer')
  uses!: number;

  /**
   * How uses are counted: 1 in all, 2 by customer, 3 both, 0 not at all. It is part of a key, so that a sale whose statement
   * began before it was changed finds out, and the change waits for those that did not.
   */
  @Column('smallint')
  counting!: number;

  @Column('boolean')
  active!: boolean;

  /** Counts the changes by staff; a checkout takes the version that it priced. */
  @Column('integer')
  version!: number;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}
