import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

/** A promotion that a sale has had; gone when the sale is cancelled. */
@Entity('promotion_uses')
@Unique('promotion_uses_nth_unique', ['promotionId', 'customer', 'nth'])
export class PromotionUse {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'promotion_uses_pkey' })
  @ForeignKey('Sale', { name: 'promotion_uses_sale_fkey' })
  saleId!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'promotion_uses_pkey' })
  @ForeignKey('PromotionEntity', { name: 'promotion_uses_promotion_fkey' })
  promotionId!: string;

  /** Whose, where uses are limited by customer: the user, or what stands for the email address of a guest. */
  @Column('uuid', { nullable: true })
  customer!: string | null;

  /** The how manieth of this customer, so that two at once cannot both be the last. */
  @Column('integer', { nullable: true })
  nth!: number | null;

  /** Minor units. */
  @Column('bigint')
  amount!: bigint;

  @Column('timestamptz')
  usedAt!: Date;
}
