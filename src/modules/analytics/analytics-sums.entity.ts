import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What sales with something in common add up to. Amounts are minor units. */
abstract class Sums {
  @Column('bigint')
  sales!: bigint;

  @Column('bigint')
  revenue!: bigint;
}

abstract class PieceSums extends Sums {
  @Column('bigint')
  units!: bigint;
}

/** Sales of a quarter of an hour, which every time zone's days are made of. */
@Entity('analytics_slots')
export class AnalyticsSlot extends PieceSums {
  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: 'analytics_slots_pkey' })
  slot!: Date;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_slots_pkey' })
  country!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_slots_pkey' })
  status!: string;
}

/** Sales of a day in UTC by product. */
@Entity('analytics_product_days')
export class AnalyticsProductDay extends PieceSums {
  @PrimaryColumn('date', { primaryKeyConstraintName: 'analytics_product_days_pkey' })
  day!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'analytics_product_days_pkey' })
  productId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_product_days_pkey' })
  country!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_product_days_pkey' })
  status!: string;
}

/** Sales of a month in UTC by product. */
@Entity('analytics_product_months')
export class AnalyticsProductMonth extends PieceSums {
  @PrimaryColumn('date', { primaryKeyConstraintName: 'analytics_product_months_pkey' })
  month!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'analytics_product_months_pkey' })
  productId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_product_months_pkey' })
  country!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_product_months_pkey' })
  status!: string;
}

/** Sales of a day in UTC by category. */
@Entity('analytics_category_days')
export class AnalyticsCategoryDay extends PieceSums {
  @PrimaryColumn('date', { primaryKeyConstraintName: 'analytics_category_days_pkey' })
  day!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'analytics_category_days_pkey' })
  categoryId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_category_days_pkey' })
  country!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_category_days_pkey' })
  status!: string;
}

/** Sales of a month in UTC by category. */
@Entity('analytics_category_months')
export class AnalyticsCategoryMonth extends PieceSums {
  @PrimaryColumn('date', { primaryKeyConstraintName: 'analytics_category_months_pkey' })
  month!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'analytics_category_months_pkey' })
  categoryId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_category_months_pkey' })
  country!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_category_months_pkey' })
  status!: string;
}

/** Sales of a day in UTC by customer. */
@Entity('analytics_customer_days')
export class AnalyticsCustomerDay extends Sums {
  @PrimaryColumn('date', { primaryKeyConstraintName: 'analytics_customer_days_pkey' })
  day!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'analytics_customer_days_pkey' })
  customer!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_customer_days_pkey' })
  country!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_customer_days_pkey' })
  status!: string;
}

/** Sales of a month in UTC by customer. */
@Entity('analytics_customer_months')
export class AnalyticsCustomerMonth extends Sums {
  @PrimaryColumn('date', { primaryKeyConstraintName: 'analytics_customer_months_pkey' })
  month!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'analytics_customer_months_pkey' })
  customer!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_customer_months_pkey' })
  country!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'analytics_customer_months_pkey' })
  status!: string;
}
