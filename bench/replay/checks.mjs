import { formatMinor, parseMinor } from './minor-units.mjs';

/**
 * What the files say against what the shop says. Every check gives the list of what differs.
 *
 * @typedef {import('./baskets.mjs').Basket} Basket
 * @typedef {import('./baskets.mjs').CatalogueProduct} CatalogueProduct
 */

/**
 * @param {Basket} basket
 * @param {import('./shop.mjs').ShopSale} sale as it was answered
 * @param {ReadonlyMap<string, CatalogueProduct>} products
 * @returns {string[]}
 */
export function checkSale(basket, sale, products) {
  const differences = [];
  if (sale.currency !== 'GBP' || parseMinor(sale.total) !== basket.total) {
    differences.push(
      `invoice ${basket.invoice}: ${formatMinor(basket.total)} GBP is right, ${sale.total} ${sale.currency} was charged`,
    );
  }
  const quantities = new Map(sale.items.map((item) => [item.sku, item]));
  if (sale.items.length !== basket.lines.size) {
    differences.push(`invoice ${basket.invoice}: ${basket.lines.size} lines were asked, ${sale.items.length} sold`);
  }
  for (const [sku, quantity] of basket.lines) {
    const item = quantities.get(sku);
    const total = (products.get(sku)?.price ?? 0n) * BigInt(quantity);
    if (item?.quantity !== quantity || parseMinor(item.lineTotal) !== total) {
      const sold = item === undefined ? 'nothing' : `${item.quantity} for ${item.lineTotal}`;
      differences.push(
        `invoice ${basket.invoice}, ${sku}: ${quantity} for ${formatMinor(total)} is right, ${sold} was sold`,
      );
    }
  }
  return differences;
}

/**
 * @param {ReadonlyMap<string, CatalogueProduct>} products
 * @param {ReadonlyMap<string, number>} levels what each must have
 * @param {readonly import('./shop.mjs').ShopProduct[]} listed
 * @returns {string[]}
 */
export function checkCatalogue(products, levels, listed) {
  const bySku = new Map(listed.map((product) => [product.sku, product]));
  return [...products.values()].flatMap(({ sku, price }) => {
    const found = bySku.get(sku);
    const level = levels.get(sku);
    if (found === undefined) return [`product ${sku} is not in the catalogue`];
    if (parseMinor(found.price) !== price)
      return [`product ${sku}: ${formatMinor(price)} is right, ${found.price} is shown`];
    return found.stock === level ? [] : [`product ${sku}: a stock of ${level} is right, ${found.stock} is shown`];
  });
}

/**
 * One invoice per paid sale with its total, and no number missing in any kind and year.
 * @param {ReadonlyMap<string, Basket>} paid by the id of the sale
 * @param {readonly import('./shop.mjs').ShopInvoice[]} invoices all of the shop's
 * @returns {string[]}
 */
export function checkInvoices(paid, invoices) {
  const differences = [];
  /** @type {Map<string, number>} */
  const seen = new Map();
  for (const { saleId, number, total } of invoices) {
    const basket = paid.get(saleId);
    if (basket === undefined || !number.startsWith('INV-')) continue;
    seen.set(saleId, (seen.get(saleId) ?? 0) + 1);
    if (parseMinor(total) !== basket.total) {
      differences.push(`invoice ${number}: ${formatMinor(basket.total)} is right, ${total} is stated`);
    }
  }
  for (const [saleId, basket] of paid) {
    const count = seen.get(saleId) ?? 0;
    if (count !== 1) differences.push(`the sale of ${basket.invoice} has ${count} invoices`);
  }
  return [...differences, ...findGaps(invoices.map(({ number }) => number))];
}

/**
 * @param {readonly string[]} numbers such as `INV-2026-000001`
 * @returns {string[]} what is missing, twice there or not of that form
 */
export function findGaps(numbers) {
  /** @type {Map<string, number[]>} */
  const series = new Map();
  const differences = [];
  for (const number of numbers) {
    const [, prefix, sequence] = /^([A-Z]+-\d{4})-(\d+)$/.exec(number) ?? [];
    if (prefix === undefined) differences.push(`"${number}" is no invoice number`);
    else series.set(prefix, [...(series.get(prefix) ?? []), Number(sequence)]);
  }
  for (const [prefix, sequences] of series) {
    sequences.sort((a, b) => a - b);
    const wrong = sequences.findIndex((sequence, index) => sequence !== index + 1);
    if (wrong >= 0)
      differences.push(
        `${prefix}: number ${wrong + 1} is missing or twice there (${sequences[wrong]} is in its place)`,
      );
  }
  return differences;
}
