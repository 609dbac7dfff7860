import { formatMoney } from '../../../common/money.js';
import { guardCell, quoteCell } from '../../../platform/files/csv-cells.js';
import type { CategoryRow } from '../category-tree.js';
import { formatPath } from '../import/category-path.js';
import { IMPORT_COLUMNS, type ImportColumn } from '../import/import-columns.js';
import type { ImportFormat } from '../import/row-batches.js';
import { regularPriceOf } from '../prices/sale-price.js';
import type { ExportedProduct } from './catalogue-export.repository.js';

/** Where a category stands: the names and the slugs from the top of the tree down to it. */
export interface CategoryPlace {
  readonly category: string;
  readonly categorySlug: string;
}

/** The place of every category, by its id. */
export function placesOfCategories(rows: readonly CategoryRow[]): Map<string, CategoryPlace> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const lineOf = (row: CategoryRow): CategoryRow[] => {
    const line: CategoryRow[] = [];
    for (let at: CategoryRow | undefined = row; at !== undefined; at = byId.get(at.parent_id ?? '')) line.unshift(at);
    return line;
  };
  return new Map(
    rows.map((row) => {
      const line = lineOf(row);
      const category = formatPath(line.map(({ name }) => name));
      return [row.id, { category, categorySlug: line.map(({ slug }) => slug).join('/') }];
    }),
  );
}

type Fields = Readonly<Record<ImportColumn, string | number | boolean | object>>;

function fieldsOf(product: ExportedProduct, place: CategoryPlace | undefined): Fields {
  const { sku, name, slug, currency, stock, active, description, attributes, images } = product;
  const { category = '', categorySlug = '' } = place ?? {};
  return {
    ...{ sku, name, slug, price: formatMoney(regularPriceOf(product), currency), currency },
    salePrice: product.sale_price === null ? '' : formatMoney(product.sale_price, currency),
    saleStartsAt: product.sale_from?.toISOString() ?? '',
    saleEndsAt: product.sale_to?.toISOString() ?? '',
    ...{ stock, lowStockThreshold: product.low_stock_threshold ?? '', weight: product.weight ?? '' },
    ...{ taxCategory: product.tax_category, active, category, categorySlug },
    groupId: product.group_id ?? '',
    group: product.group_name ?? '',
    options: product.group_id === null ? '' : product.options,
    ...{ description, attributes, images },
  };
}

/** What stands before the first row. */
export function headerOf(format: ImportFormat): string {
  return format === 'csv' ? `${IMPORT_COLUMNS.join(',')}\r\n` : '';
}

/** A product as a row that an import reads back as it was. */
export function toRow(format: ImportFormat, product: ExportedProduct, place: CategoryPlace | undefined): string {
  const fields = fieldsOf(product, place);
  if (format === 'ndjson') return `${JSON.stringify(fields)}\n`;
  const cells = IMPORT_COLUMNS.map((column) => {
    const value = fields[column];
    return quoteCell(guardCell(typeof value === 'object' ? JSON.stringify(value) : String(value)));
  });
  return `${cells.join(',')}\r\n`;
}
