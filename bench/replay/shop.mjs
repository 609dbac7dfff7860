import { expectJson, HttpConnection } from '../support/http-connection.mjs';

const PER_PAGE = 100;

/**
 * @typedef {{ id: string, sku: string, price: string, stock: number, currency: string }} ShopProduct
 * @typedef {{ id: string, number: string, saleId: string, total: string }} ShopInvoice
 * @typedef {{ productId: string, sku: string, quantity: number, unitPrice: string, lineTotal: string }} ShopSaleItem
 * @typedef {{ id: string, number: string, currency: string, total: string, items: ShopSaleItem[] }} ShopSale
 */

/** One client of the shop's API, over one connection. */
export class ShopClient {
  #connection;
  /** @type {Record<string, string>} */
  #headers = {};

  /** @param {string} origin */
  constructor(origin) {
    this.#connection = new HttpConnection(origin);
  }

  close() {
    this.#connection.close();
  }

  /**
   * Speaks for this user from now on.
   * @param {string} accessToken
   */
  use(accessToken) {
    this.#headers = { authorization: `Bearer ${accessToken}` };
    return this;
  }

  /**
   * @param {{ email: string, password: string, name: string }} user
   * @returns {Promise<string>} the access token
   */
  async register(user) {
    return (await this.#call('POST', '/api/users/register', user)).accessToken;
  }

  /**
   * @param {string} email
   * @param {string} password
   * @returns {Promise<string>} the access token
   */
  async logIn(email, password) {
    return (await this.#call('POST', '/api/users/login', { email, password })).accessToken;
  }

  /** @returns {Promise<ShopProduct[]>} the whole catalogue */
  products() {
    return this.#all('/api/products');
  }

  /** @returns {Promise<ShopInvoice[]>} every invoice and credit note; for staff */
  invoices() {
    return this.#all('/api/admin/invoices');
  }

  /** @param {{ sku: string, name: string, price: string, stock: number }} product */
  createProduct(product) {
    return this.#call('POST', '/api/products', product);
  }

  /**
   * @param {string} id
   * @param {string} price
   */
  setPrice(id, price) {
    return this.#call('PATCH', `/api/products/${id}`, { price });
  }

  /**
   * @param {string} id
   * @param {number} quantity
   */
  setStock(id, quantity) {
    return this.#call('PUT', `/api/products/${id}/stock`, { quantity });
  }

  /**
   * @param {object} order
   * @param {string} idempotencyKey
   * @returns {Promise<ShopSale>}
   */
  placeSale(order, idempotencyKey) {
    return this.#call('POST', '/api/sales', order, idempotencyKey);
  }

  /**
   * @param {string} saleId
   * @param {string} idempotencyKey
   */
  pay(saleId, idempotencyKey) {
    const payment = { provider: 'sandbox', method: 'ok' };
    return this.#call('POST', `/api/sales/${saleId}/payments`, payment, idempotencyKey);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [json]
   * @param {string} [idempotencyKey]
   */
  async #call(method, path, json, idempotencyKey) {
    const headers = { ...this.#headers };
    if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
    const answer = await this.#connection.request({ method, path, headers, json });
    return expectJson(answer, `${method} ${path}`);
  }

  /**
   * Follows a list by its cursor to the end.
   * @param {string} path
   */
  async #all(path) {
    const items = [];
    for (let cursor = ''; cursor !== null; ) {
      const page = await this.#call('GET', `${path}?perPage=${PER_PAGE}&cursor=${encodeURIComponent(cursor)}`);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }
}

/**
 * Works a list off with several clients at once, each over its own connection.
 * @template T
 * @param {{ origin: string, clients: number, items: readonly T[], signal: AbortSignal }} options
 * @param {(client: ShopClient, item: T) => Promise<unknown>} work
 */
export async function inParallel({ origin, clients, items, signal }, work) {
  let next = 0;
  let failed = false;
  const run = async () => {
    const client = new ShopClient(origin);
    try {
      while (next < items.length && !failed && !signal.aborted) await work(client, /** @type {T} */ (items[next++]));
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      client.close();
    }
  };
  await Promise.all(Array.from({ length: clients }, run));
  signal.throwIfAborted();
}
