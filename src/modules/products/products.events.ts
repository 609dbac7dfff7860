export const PRODUCT_CREATED = 'product.created';
export const PRODUCT_UPDATED = 'product.updated';
export const PRODUCT_ARCHIVED = 'product.archived';
export const STOCK_CHANGED = 'stock.changed';
/** Written by the database itself, in the transaction that takes the stock below the threshold. */
export const STOCK_LOW = 'stock.low';

/** Data of `product.created`, `product.updated` and `product.archived`. `price` is a decimal string. */
export interface ProductEventData {
  readonly productId: string;
  readonly sku: string;
  readonly slug: string;
  readonly name: string;
  readonly price: string;
  readonly currency: string;
  readonly active: boolean;
  readonly version: number;
}

/** Data of `stock.changed`: the level after it, and by how much it changed. */
export interface StockChangedData {
  readonly productId: string;
  readonly delta: number;
  readonly stock: number;
  readonly reason: string;
}

/** Data of `stock.low`: the level that has fallen below the threshold. */
export interface StockLowData {
  readonly productId: string;
  readonly sku: string;
  readonly name: string;
  readonly stock: number;
  readonly lowStockThreshold: number;
}
