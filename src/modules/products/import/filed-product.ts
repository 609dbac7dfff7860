import type { PricedRow } from '../prices/sale-price.js';

/** A product with all that a file of the catalogue says of it: what exports write, and imports compare rows with. */
export interface FiledProduct extends PricedRow {
  readonly id: string;
  readonly sku: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly currency: string;
  readonly stock: number;
  readonly category_id: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  readonly active: boolean;
  readonly low_stock_threshold: number | null;
  readonly weight: number | null;
  readonly tax_category: string;
  readonly group_id: string | null;
  readonly options: Readonly<Record<string, string>>;
}

/** Columns of a {@link FiledProduct}, from products. */
export const FILED_COLUMNS = `id, sku, slug, name, description, price, currency, stock, category_id, attributes, images, active,
  regular_price, sale_price, sale_from, sale_to, low_stock_threshold, weight, tax_category, group_id, options`;
