import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What of a sale the sums have in them: its lines up to `lines`, under this status, country and customer. */
@Entity('analytics_sales')
export class AnalyticsSale {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'analytics_sales_pkey' })
  saleId!: string;

  @Column('text')
  status!: string;

  @Column('text')
  country!: string;

  @Column('uuid', { nullable: true })
  customer!: string | null;

  @Column('integer')
  lines!: number;
}

/** A sale that has changed since it was summed up, or was not yet; there may be several rows of one. */
@Entity('analytics_pending')
export class AnalyticsPending {
  @PrimaryColumn({
    type: 'bigint',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'analytics_pending_pkey',
  })
  position!: bigint;

  @Column('uuid')
  saleId!: string;
}

/** A product that was moved to another category since the sums by category were made. A trigger writes it. */
@Entity('analytics_moved_products')
export class AnalyticsMovedProduct {
  @PrimaryColumn({
    type: 'bigint',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'analytics_moved_products_pkey',
  })
  position!: bigint;

  @Column('uuid')
  productId!: string;
}
