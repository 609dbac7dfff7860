import { randomInt, randomUUID } from 'node:crypto';
import { expectJson } from './http-connection.mjs';

/**
 * How one server is spoken to: where its routes are and how a customer names itself.
 * @typedef {{ prefix: string, productIds: readonly string[], customers: readonly Record<string, string>[] }} Dialect
 */

const PER_PAGE = 20;
const CART_PRODUCTS = 5;

export const DELIVERY_ADDRESS = {
  recipient: 'Alex Morgan',
  line1: '12 Harbour Street',
  city: 'Portland',
  region: 'OR',
  postalCode: '97201',
  country: 'US',
};

/**
 * Sends requests encoded beforehand in random order; the first answer of each worker is looked into.
 * @param {readonly string[]} paths
 * @param {(json: Record<string, unknown>) => boolean} isRight
 * @returns {import('./load.mjs').Workload}
 */
function reads(paths, isRight) {
  /** @type {Buffer[] | undefined} */
  let encoded;
  return (connection) => {
    encoded ??= paths.map((path) => connection.encode({ method: 'GET', path }));
    const requests = encoded;
    let looked = false;
    return async () => {
      const index = paths.length === 1 ? 0 : randomInt(paths.length);
      const answer = await connection.send(/** @type {Buffer} */ (requests[index]));
      if (looked && answer.status === 200) return;
      const json = expectJson(answer, `GET ${paths[index]}`);
      if (!isRight(json))
        throw new Error(`GET ${paths[index]} answered something else: ${answer.body.toString('utf8')}`);
      looked = true;
    };
  };
}

/** @param {Dialect} dialect */
const isList =
  (dialect) =>
  (/** @type {Record<string, unknown>} */ { items, total }) =>
    Array.isArray(items) && items.length === PER_PAGE && total === dialect.productIds.length;

/** @param {Dialect} dialect every page of the catalogue */
export function walkList(dialect) {
  const pages = Math.ceil(dialect.productIds.length / PER_PAGE);
  const paths = Array.from({ length: pages }, (_, index) => `${dialect.prefix}/products?page=${index + 1}`);
  return reads(paths, isList(dialect));
}

/** @param {Dialect} dialect */
export function firstPage(dialect) {
  return reads([`${dialect.prefix}/products`], isList(dialect));
}

/**
 * @param {Dialect} dialect
 * @param {number} [most] products that are asked for, all of them without it
 */
export function productDetail(dialect, most) {
  return reads(
    dialect.productIds.slice(0, most).map((id) => `${dialect.prefix}/products/${id}`),
    (json) => typeof json.price === 'string',
  );
}

/**
 * Each worker is one customer, who adds one more of a few products again and again.
 * @param {Dialect} dialect
 * @returns {import('./load.mjs').Workload}
 */
export function addCartLine(dialect) {
  return (connection, worker) => {
    const headers = customerOf(dialect, worker);
    const path = `${dialect.prefix}/cart/items`;
    const requests = Array.from({ length: CART_PRODUCTS }, (_, index) => {
      const productId = dialect.productIds[(worker * CART_PRODUCTS + index) % dialect.productIds.length];
      return connection.encode({ method: 'POST', path, headers, json: { productId, quantity: 1 } });
    });
    let turn = 0;
    return async () => {
      const answer = await connection.send(/** @type {Buffer} */ (requests[turn++ % CART_PRODUCTS]));
      if (answer.status < 200 || answer.status > 299) expectJson(answer, `POST ${path}`);
    };
  };
}

/**
 * One unit is a whole purchase: two cart lines, the sale, its payment.
 * @param {Dialect} dialect
 * @param {boolean} [hot] whether everybody wants the same product, beside another
 * @returns {import('./load.mjs').Workload}
 */
export function checkOut(dialect, hot = false) {
  const { productIds } = dialect;
  return (connection, worker) => {
    const headers = customerOf(dialect, worker);
    const post = async (/** @type {string} */ path, /** @type {unknown} */ json, key = '') => {
      const keyed = key === '' ? headers : { ...headers, 'idempotency-key': key };
      const answer = await connection.request({ method: 'POST', path, headers: keyed, json });
      return expectJson(answer, `POST ${path}`);
    };
    return async () => {
      const first = hot ? 0 : randomInt(productIds.length);
      const second = (first + 1 + randomInt(productIds.length - 1)) % productIds.length;
      for (const index of [first, second]) {
        const line = { productId: productIds[index], quantity: 1 + randomInt(3) };
        await post(`${dialect.prefix}/cart/items`, line);
      }
      const sale = await post(`${dialect.prefix}/sales`, { deliveryAddress: DELIVERY_ADDRESS }, randomUUID());
      if (sale.items.length !== 2) throw new Error(`a sale of two lines was expected: ${JSON.stringify(sale)}`);
      const payment = { provider: 'sandbox', method: 'ok' };
      await post(`${dialect.prefix}/sales/${sale.id}/payments`, payment, randomUUID());
    };
  };
}

/**
 * Empties a worker's cart, so that a measurement starts from the same state.
 * @param {Dialect} dialect
 * @param {string} origin
 * @param {number} workers
 */
export async function emptyCarts(dialect, origin, workers) {
  for (let worker = 0; worker < workers; worker++) {
    const path = `${dialect.prefix}/cart`;
    const response = await fetch(origin + path, { method: 'DELETE', headers: customerOf(dialect, worker) });
    if (!response.ok) throw new Error(`DELETE ${path} answered ${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
  }
}

/**
 * @param {Dialect} dialect
 * @param {number} worker
 */
function customerOf(dialect, worker) {
  const customer = dialect.customers[worker];
  if (customer === undefined) throw new Error(`there is no customer for worker ${worker}`);
  return customer;
}
