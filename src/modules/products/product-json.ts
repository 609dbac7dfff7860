import { PRODUCT_COLUMNS, type ProductRow } from './product-row.js';

type Amounts = 'regular_price' | 'sale_price';
type Times = 'sale_from' | 'sale_to' | 'next_price_change_at';
type Always = 'price' | 'created_at' | 'updated_at';

/** A {@link ProductRow} as PostgreSQL writes it as JSON: what JSON has no type for stands there as a text. */
export type ProductJson = Omit<ProductRow, Amounts | Times | Always> &
  Readonly<Record<Always, string>> &
  Readonly<Record<Amounts | Times, string | null>>;

/** A row of a statement that selects {@link PRODUCT_JSON}. */
export interface JsonRow<T extends ProductJson = ProductJson> {
  readonly product: T;
}

/** As JSON numbers, amounts beyond 2^53 would be rounded. */
const AMOUNTS = /\bp\.((?:regular_|sale_)?price)\b/g;
const COLUMNS = PRODUCT_COLUMNS.replace(AMOUNTS, 'p.$1::text AS $1');

/**
 * What {@link PRODUCT_COLUMNS} are, as one column `product`. The driver describes and parses each column of each answer;
 * two dozen of them cost it twice of what one does, and PostgreSQL writes one as fast.
 */
export const PRODUCT_JSON = 'row_to_json(shown) AS product';

/**
 * To be joined where {@link PRODUCT_JSON} is read, after products `p` and their categories `c`.
 * @param more other columns of the same object
 * @param from where `p` and `c` come from, where they are not joined before
 */
export function asProductJson(more = '', from = ''): string {
  return `CROSS JOIN LATERAL (SELECT ${COLUMNS}${more} ${from}) shown`;
}

const amountOf = (text: string | null): bigint | null => (text === null ? null : BigInt(text));
const timeOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** The row that was written as JSON, with whatever else stands in it. */
export function fromProductJson<T extends ProductJson>(json: T): Omit<T, keyof ProductRow> & ProductRow {
  return {
    ...json,
    price: BigInt(json.price),
    regular_price: amountOf(json.regular_price),
    sale_price: amountOf(json.sale_price),
    sale_from: timeOf(json.sale_from),
    sale_to: timeOf(json.sale_to),
    next_price_change_at: timeOf(json.next_price_change_at),
    created_at: new Date(json.created_at),
    updated_at: new Date(json.updated_at),
  };
}
