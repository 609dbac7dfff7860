import { parseMinor } from './minor-units.mjs';

/** The most of one product that a line of a sale may carry. */
export const LINE_LIMIT = 999;

/**
 * @typedef {{ InvoiceNo: string, StockCode: string, Description: string, Quantity: string, UnitPrice: string,
 *   CustomerID: string, Country: string }} OrderRow a row of online-retail.csv
 * @typedef {{ StockCode: string, Description: string, ModalPrice: string }} ProductRow a row of products.csv
 * @typedef {{ sku: string, name: string, price: bigint }} CatalogueProduct `price` in pence
 * @typedef {'cancelled_invoice' | 'negative_quantity' | 'no_price' | 'unknown_product' | 'no_modal_price'
 *   | 'sub_penny_price' | 'quantity_over_999'} Reason why a shop cannot sell a line
 * @typedef {{ invoice: string, customer: string, country: string, lines: Map<string, number>, units: number,
 *   total: bigint }} Basket `customer` is '' for a walk-in; `lines` maps a stock code to its quantity
 * @typedef {{ baskets: Basket[], unsellable: Map<Reason, number>, emptyInvoices: number, rows: number }} Selection
 */

/**
 * The products that can be sold at their modal price; codes that differ only in case are different products.
 * @param {Iterable<ProductRow>} rows
 * @returns {{ products: Map<string, CatalogueProduct>, refused: Map<string, Reason> }}
 */
export function readCatalogue(rows) {
  /** @type {Map<string, CatalogueProduct>} */
  const products = new Map();
  /** @type {Map<string, Reason>} */
  const refused = new Map();
  for (const { StockCode: sku, Description, ModalPrice } of rows) {
    const price = parseMinor(ModalPrice);
    if (ModalPrice.trim() === '' || price === 0n) refused.set(sku, 'no_modal_price');
    else if (price === undefined) refused.set(sku, 'sub_penny_price');
    else products.set(sku, { sku, name: Description.trim() || sku, price });
  }
  return { products, refused };
}

/**
 * The first completed invoices, in the order of the file, as baskets. An invoice of which nothing can be sold is
 * counted and passed over; the counts cover the rows of every invoice up to the last one chosen.
 * @param {Iterable<OrderRow>} rows
 * @param {ReturnType<typeof readCatalogue>} catalogue
 * @param {number} limit how many
 * @returns {Selection}
 */
export function selectBaskets(rows, catalogue, limit) {
  /** @type {Map<string, OrderRow[]>} */
  const invoices = new Map();
  for (const row of rows) {
    const lines = invoices.get(row.InvoiceNo);
    if (lines === undefined) invoices.set(row.InvoiceNo, [row]);
    else lines.push(row);
  }
  /** @type {Selection} */
  const selection = { baskets: [], unsellable: new Map(), emptyInvoices: 0, rows: 0 };
  for (const [invoice, lines] of invoices) {
    if (selection.baskets.length === limit) break;
    const basket = toBasket(invoice, lines, catalogue, selection.unsellable);
    selection.rows += lines.length;
    if (basket.lines.size > 0) selection.baskets.push(basket);
    else if (!isCancellation(invoice)) selection.emptyInvoices++;
  }
  return selection;
}

/** @param {string} invoice */
function isCancellation(invoice) {
  return invoice.startsWith('C');
}

/**
 * @param {string} invoice
 * @param {readonly OrderRow[]} rows
 * @param {ReturnType<typeof readCatalogue>} catalogue
 * @param {Map<Reason, number>} unsellable counted into
 * @returns {Basket}
 */
function toBasket(invoice, rows, catalogue, unsellable) {
  /** @type {Map<string, { quantity: number, rows: number }>} */
  const merged = new Map();
  for (const row of rows) {
    const reason = reasonNotToSell(row, catalogue);
    if (reason !== undefined) count(unsellable, reason, 1);
    else {
      const line = merged.get(row.StockCode) ?? { quantity: 0, rows: 0 };
      merged.set(row.StockCode, { quantity: line.quantity + Number(row.Quantity), rows: line.rows + 1 });
    }
  }
  const first = /** @type {OrderRow} */ (rows[0]);
  /** @type {Basket} */
  const basket = { invoice, customer: first.CustomerID, country: first.Country, lines: new Map(), units: 0, total: 0n };
  for (const [sku, line] of merged) {
    if (line.quantity > LINE_LIMIT) count(unsellable, 'quantity_over_999', line.rows);
    else {
      const { price } = /** @type {CatalogueProduct} */ (catalogue.products.get(sku));
      basket.lines.set(sku, line.quantity);
      basket.units += line.quantity;
      basket.total += price * BigInt(line.quantity);
    }
  }
  return basket;
}

/**
 * @param {OrderRow} row
 * @param {ReturnType<typeof readCatalogue>} catalogue
 * @returns {Reason | undefined}
 */
function reasonNotToSell({ InvoiceNo, StockCode, Quantity, UnitPrice }, catalogue) {
  if (isCancellation(InvoiceNo)) return 'cancelled_invoice';
  if (!/^[1-9]\d*$/.test(Quantity)) return 'negative_quantity';
  if (!/[1-9]/.test(UnitPrice) || UnitPrice.startsWith('-')) return 'no_price';
  if (catalogue.products.has(StockCode)) return undefined;
  return catalogue.refused.get(StockCode) ?? 'unknown_product';
}

/**
 * @template K
 * @param {Map<K, number>} counts
 * @param {K} key
 * @param {number} more
 */
function count(counts, key, more) {
  counts.set(key, (counts.get(key) ?? 0) + more);
}

/**
 * The stock to begin with: what the baskets ask of each product and a remainder of 0 to 4, so that what must be left
 * differs from product to product.
 * @param {ReadonlyMap<string, CatalogueProduct>} products
 * @param {readonly Basket[]} baskets
 * @returns {{ initial: Map<string, number>, left: Map<string, number> }}
 */
export function planStock(products, baskets) {
  /** @type {Map<string, number>} */
  const asked = new Map();
  for (const { lines } of baskets) for (const [sku, quantity] of lines) count(asked, sku, quantity);
  const left = new Map([...products.keys()].map((sku, index) => [sku, index % 5]));
  const initial = new Map([...left].map(([sku, remainder]) => [sku, remainder + (asked.get(sku) ?? 0)]));
  return { initial, left };
}
