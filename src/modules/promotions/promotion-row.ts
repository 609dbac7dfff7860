/** What a promotion can be. */
export const PROMOTION_TYPES = ['percentage', 'fixed', 'buy_x_get_y', 'free_shipping'] as const;
export type PromotionType = (typeof PROMOTION_TYPES)[number];

/** A promotion as its table has it. Amounts are minor units, rates millionths. */
export interface PromotionRow {
  readonly id: string;
  readonly code: string | null;
  readonly name: string;
  readonly type: PromotionType;
  readonly rate: number | null;
  readonly amount: bigint | null;
  readonly buy_quantity: number | null;
  readonly get_quantity: number | null;
  readonly product_ids: readonly string[] | null;
  readonly category_ids: readonly string[] | null;
  readonly minimum: bigint;
  readonly exclusive: boolean;
  readonly priority: number;
  readonly starts_at: Date | null;
  readonly ends_at: Date | null;
  readonly usage_limit: number | null;
  readonly per_customer_limit: number | null;
  readonly uses: number;
  readonly active: boolean;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export type CouponState = 'ok' | 'not_found' | 'not_started' | 'expired' | 'used_up';

/** A promotion as a cart meets it; `product_ids` are those of the cart that it is for, null for all. */
export interface OfferRow
  extends Pick<
    PromotionRow,
    | 'id'
    | 'code'
    | 'type'
    | 'rate'
    | 'amount'
    | 'buy_quantity'
    | 'get_quantity'
    | 'product_ids'
    | 'minimum'
    | 'exclusive'
    | 'version'
  > {
  readonly state: CouponState;
}
