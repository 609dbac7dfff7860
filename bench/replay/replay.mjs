import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { checkCatalogue, checkInvoices, checkSale } from './checks.mjs';
import { countryCode } from './countries.mjs';
import { formatMinor } from './minor-units.mjs';
import { inParallel, ShopClient } from './shop.mjs';

const SETTERS = 4;
/** A password hash keeps a core busy, so more at once only wait. */
const REGISTRATIONS_AT_ONCE = 2;

/**
 * @typedef {import('./baskets.mjs').Basket} Basket
 * @typedef {ReadonlyMap<string, import('./baskets.mjs').CatalogueProduct>} Products
 * @typedef {{ origin: string, signal: AbortSignal, progress: (text: string) => void }} Run
 */

/**
 * Brings a running shop to the catalogue and stock that the replay starts from.
 * @param {Run} run
 * @param {string} adminToken
 * @param {Products} products
 * @param {ReadonlyMap<string, number>} stock
 */
export async function stockRunningShop({ origin, signal, progress }, adminToken, products, stock) {
  const reader = new ShopClient(origin);
  const existing = new Map((await reader.products()).map((product) => [product.sku, product]));
  reader.close();
  let done = 0;
  await inParallel(
    { origin, clients: SETTERS, items: [...products.values()], signal },
    async (client, { sku, name, price }) => {
      client.use(adminToken);
      const found = existing.get(sku);
      const level = stock.get(sku) ?? 0;
      if (found === undefined) await client.createProduct({ sku, name, price: formatMinor(price), stock: level });
      else {
        if (found.price !== formatMinor(price)) await client.setPrice(found.id, formatMinor(price));
        if (found.stock !== level) await client.setStock(found.id, level);
      }
      progress(`catalogue: ${++done} of ${products.size} products`);
    },
  );
}

/**
 * Registers an account for each customer of the baskets; baskets without one share a walk-in account.
 * @param {Run} run
 * @param {readonly Basket[]} baskets
 * @returns {Promise<Map<string, string>>} access tokens by customer
 */
export async function registerCustomers({ origin, signal, progress }, baskets) {
  const batch = randomBytes(4).toString('hex');
  const password = `Aa1!${randomBytes(12).toString('base64url')}`;
  const customers = [...new Set(baskets.map(({ customer }) => customer))];
  /** @type {Map<string, string>} */
  const tokens = new Map();
  await inParallel({ origin, clients: REGISTRATIONS_AT_ONCE, items: customers, signal }, async (client, customer) => {
    const label = customer === '' ? 'walk-in' : customer;
    const user = { email: `customer-${label}-${batch}@replay.example`, password, name: `Customer ${label}` };
    tokens.set(customer, await client.register(user));
    progress(`customers: ${tokens.size} of ${customers.length} registered`);
  });
  return tokens;
}

/**
 * Places and pays every basket.
 * @param {Run} run
 * @param {{ baskets: readonly Basket[], tokens: ReadonlyMap<string, string>, products: Products,
 *   productIds: ReadonlyMap<string, string>, shoppers: number }} shop
 * @returns {Promise<{ paid: Map<string, Basket>, differences: string[], seconds: number }>}
 */
export async function placeBaskets({ origin, signal, progress }, { baskets, tokens, products, productIds, shoppers }) {
  /** @type {Map<string, Basket>} */
  const paid = new Map();
  /** @type {string[]} */
  const differences = [];
  const batch = randomBytes(6).toString('hex');
  const started = performance.now();
  await inParallel({ origin, clients: shoppers, items: baskets, signal }, async (client, basket) => {
    client.use(tokens.get(basket.customer) ?? '');
    const items = [...basket.lines].map(([sku, quantity]) => ({ productId: productIds.get(sku), quantity }));
    const order = { items, deliveryAddress: addressOf(basket) };
    const sale = await naming(basket, client.placeSale(order, `sale-${batch}-${basket.invoice}`));
    await naming(basket, client.pay(sale.id, `payment-${batch}-${basket.invoice}`));
    paid.set(sale.id, basket);
    differences.push(...checkSale(basket, sale, products));
    progress(`sales: ${paid.size} of ${baskets.length}`);
  });
  return { paid, differences, seconds: (performance.now() - started) / 1000 };
}

/**
 * @template T
 * @param {Basket} basket
 * @param {Promise<T>} answer
 */
async function naming({ invoice, lines }, answer) {
  try {
    return await answer;
  } catch (error) {
    throw new Error(`invoice ${invoice} (${lines.size} lines): ${error instanceof Error ? error.message : error}`);
  }
}

/** @param {Basket} basket */
function addressOf({ customer, country }) {
  const recipient = customer === '' ? 'Walk-in customer' : `Customer ${customer}`;
  return { recipient, line1: '1 Market Street', city: 'Town', postalCode: 'AB1 2CD', country: countryCode(country) };
}

/**
 * Reads back what the shop has kept and compares it with the files.
 * @param {string} origin
 * @param {string} adminToken
 * @param {{ products: Products, left: ReadonlyMap<string, number>, paid: ReadonlyMap<string, Basket> }} expected
 * @returns {Promise<string[]>} what differs
 */
export async function checkShop(origin, adminToken, { products, left, paid }) {
  const client = new ShopClient(origin).use(adminToken);
  try {
    const levels = checkCatalogue(products, left, await client.products());
    return [...levels, ...checkInvoices(paid, await client.invoices())];
  } finally {
    client.close();
  }
}
