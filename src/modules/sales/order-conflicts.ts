/** The codes with which an order that is priced and reserved can be refused as things stand. */
export const ORDER_CONFLICTS = [
  'insufficient_stock',
  'coupon_not_started',
  'coupon_expired',
  'coupon_used_up',
  'coupon_not_applicable',
  'shipping_method_unavailable',
] as const;
