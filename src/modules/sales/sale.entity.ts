import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { PostalAddress } from '../../common/postal-address.js';
import type { SaleStatus } from './lifecycle/sale-lifecycle.js';
import type { PaymentStatus } from './payments/payment-lifecycle.js';

/**
 * An order. Amounts are minor units of `currency`. While `pending` it holds its stock until `expiresAt`.
 * A guest's sale has no user; the cart that it came from tells whose it is.
 */
@Entity('sales')
@Unique('sales_number_unique', ['number'])
@Check('sales_status_known', `status IN ('pending', 'confirmed', 'shipped', 'delivered', 'cancelled', 'returned')`)
@Check(
  'sales_payment_status_known',
  `payment_status IN ('pending', 'completed', 'failed', 'partially_refunded', 'refunded')`,
)
@Check('sales_total_adds_up', 'total = subtotal - discount + shipping + tax')
@Check('sales_amounts_not_negative', 'subtotal >= 0 AND discount >= 0 AND shipping >= 0 AND tax >= 0 AND total >= 0')
@Check('sales_buyer_known', 'user_id IS NOT NULL OR email IS NOT NULL OR origin IS NOT NULL')
@Check('sales_import_has_origin', 'import_id IS NULL OR origin IS NOT NULL')
@Index('sales_user_idx', ['userId', 'id'])
@Index('sales_guest_cart_idx', ['cartId'], { where: 'user_id IS NULL AND cart_id IS NOT NULL' })
@Index('sales_placed_idx', ['placedAt', 'paymentStatus', 'status'], { where: 'origin IS NULL' })
@Index('sales_imported_idx', ['placedAt'], { where: 'origin IS NOT NULL' })
@Index('sales_pending_expiry_idx', ['expiresAt'], { where: `status = 'pending'` })
@Index('sales_open_place_unique', { synchronize: false })
export class Sale {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sales_pkey' })
  id!: string;

  @Column('text')
  number!: string;

  @Column('uuid', { nullable: true })
  @ForeignKey('User', { name: 'sales_user_fkey' })
  userId!: string | null;

  @Column('uuid', { nullable: true })
  cartId!: string | null;

  @Column('text', { nullable: true })
  email!: string | null;

  @Column('text')
  status!: SaleStatus;

  @Column('text')
  paymentStatus!: PaymentStatus;

  @Column('char', { length: 3 })
  currency!: string;

  @Column('bigint')
  subtotal!: bigint;

  @Column('bigint')
  discount!: bigint;

  @Column('bigint')
  shipping!: bigint;

  @Column('bigint')
  tax!: bigint;

  /** Whether the tax is in the prices, and so in the total, rather than added to them. */
  @Column('boolean', { default: false })
  pricesIncludeTax!: boolean;

  /** The tax on the shipping, added or included. */
  @Column('bigint', { default: 0 })
  shippingTax!: bigint;

  /** In millionths; null where it was not kept. */
  @Column('integer', { nullable: true })
  shippingTaxRate!: number | null;

  @Column('bigint')
  total!: bigint;

  @Column('text', { nullable: true })
  couponCode!: string | null;

  @Column('text', { nullable: true })
  shippingMethod!: string | null;

  @Column('jsonb')
  deliveryAddress!: PostalAddress;

  @Column('text', { nullable: true })
  carrier!: string | null;

  @Column('text', { nullable: true })
  trackingNumber!: string | null;

  @Column('timestamptz')
  placedAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;

  /** Which of the open sales of its buyer it is, from 1, where their number is limited; told while it is pending. */
  @Column('integer', { nullable: true })
  openPlace!: number | null;

  @Column('timestamptz', { nullable: true })
  expiresAt!: Date | null;

  /** The system that has made it; null where that is this shop. */
  @Column('text', { nullable: true })
  origin!: string | null;

  /** The import that brought it. */
  @Column('uuid', { nullable: true })
  importId!: string | null;

  /** Its buyer in the system that it comes from. */
  @Column('uuid', { nullable: true })
  @ForeignKey('PastCustomer', { name: 'sales_customer_fkey' })
  customerId!: string | null;
}
