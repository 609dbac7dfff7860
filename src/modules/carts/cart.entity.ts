import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/**
 * What somebody means to buy: a customer's by `userId`, a guest's by the hash of the token that the guest holds.
 * Every change bumps `version`; a checkout takes the version it priced, so a cart is sold at most once.
 */
@Entity('carts')
@Unique('carts_user_unique', ['userId'])
@Unique('carts_token_unique', ['tokenHash'])
@Check('carts_one_owner', '(user_id IS NULL) <> (token_hash IS NULL)')
export class Cart {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'carts_pkey' })
  id!: string;

  @Column('uuid', { nullable: true })
  @ForeignKey('User', { name: 'carts_user_fkey', onDelete: 'CASCADE' })
  userId!: string | null;

  @Column('bytea', { nullable: true })
  tokenHash!: Buffer | null;

  @Column('integer')
  version!: number;

  @Column('text', { nullable: true })
  couponCode!: string | null;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}

/** Carts that were begun within a quarter of an hour and are no more since they expired, for those who count carts. */
@Entity('expired_carts')
@Check('expired_carts_some', 'carts > 0')
export class ExpiredCarts {
  /** When the quarter of an hour began. */
  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: 'expired_carts_pkey' })
  begunFrom!: Date;

  @Column('integer')
  carts!: number;
}

@Entity('cart_items')
@Check('cart_items_quantity_range', 'quantity BETWEEN 1 AND 999')
@Check('cart_items_price_not_negative', 'unit_price >= 0')
@Index('cart_items_product_idx', ['productId'])
export class CartItem {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'cart_items_pkey' })
  @ForeignKey('Cart', { name: 'cart_items_cart_fkey', onDelete: 'CASCADE' })
  cartId!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'cart_items_pkey' })
  @ForeignKey('Product', { name: 'cart_items_product_fkey' })
  productId!: string;

  @Column('integer')
  quantity!: number;

  /** What one was when the quantity was last set, so that its owner can be told of another price. */
  @Column('bigint')
  unitPrice!: bigint;

  @Column('timestamptz')
  addedAt!: Date;
}
