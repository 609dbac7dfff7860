/** Domain events of a sale; `aggregateId` is the sale's id. Amounts are decimal strings. */
export const SALE_PLACED = 'sale.placed';
export const SALE_CONFIRMED = 'sale.confirmed';
export const SALE_SHIPPED = 'sale.shipped';
export const SALE_DELIVERED = 'sale.delivered';
export const SALE_CANCELLED = 'sale.cancelled';
/** Not in the contract: the whole sale came back. Money goes back by a refund, which has an event of its own. */
export const SALE_RETURNED = 'sale.returned';
export const SALE_REFUNDED = 'sale.refunded';

export const SALE_EVENTS = [
  SALE_PLACED,
  SALE_CONFIRMED,
  SALE_SHIPPED,
  SALE_DELIVERED,
  SALE_CANCELLED,
  SALE_RETURNED,
  SALE_REFUNDED,
] as const;

/** What the events of a sale tell about it. */
export interface SaleEventData extends Record<string, unknown> {
  readonly saleId: string;
  readonly number: string;
  readonly userId: string | null;
  readonly status: string;
  readonly currency: string;
  readonly total: string;
}
