import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expectJson, HttpConnection } from './http-connection.mjs';
import { DELIVERY_ADDRESS } from './workloads.mjs';

/** What is written past the application is noticed within this time. */
const RAW_MS = 1_000;
const ZIPF = 0.9;
const PAGES = 20;

/** Parts of the requests: prices changed, those and sales together, lists read. */
const REPRICED = 0.002;
const WRITTEN = 0.05;
const LISTED = 0.45;

/** @typedef {{ id: string, version: number, stock: number }} Shown what an answer tells of a product */

/**
 * What has been acknowledged, by product, and whether any answer was older. Nothing is ever put back here, so no answer
 * may show more stock than the acknowledged sales have left. How many versions those come to is the application's
 * affair, but none may be older than one that a change has answered.
 */
export class Checker {
  /** @type {Map<string, Omit<Shown, 'id'>>} the least version and the most stock that may be shown */
  #known;
  requests = 0;
  lists = 0;
  details = 0;
  writes = 0;
  refused = 0;
  /** @type {string[]} */
  stale = [];

  /** @param {readonly Shown[]} products */
  constructor(products) {
    this.#known = new Map(products.map(({ id, version, stock }) => [id, { version, stock }]));
  }

  /** @param {string} id */
  sold(id) {
    const { version, stock } = this.known(id);
    this.#known.set(id, { version, stock: stock - 1 });
  }

  /**
   * @param {string} id
   * @param {number} version
   */
  changed(id, version) {
    const known = this.known(id);
    this.#known.set(id, { ...known, version: Math.max(known.version, version) });
  }

  /** @param {string} id */
  known(id) {
    return this.#known.get(id) ?? { version: 0, stock: Number.POSITIVE_INFINITY };
  }

  /**
   * Judges an answer by what had been acknowledged when its request was sent.
   * @param {string} where
   * @param {readonly Shown[]} items
   * @param {ReadonlyMap<string, Omit<Shown, 'id'>>} before
   */
  judge(where, items, before) {
    for (const { id, version, stock } of items) {
      const known = before.get(id);
      if (known === undefined || (version >= known.version && stock <= known.stock)) continue;
      this.stale.push(
        `${where} showed version ${version} of ${id}, stock ${stock}; acknowledged were ${known.version} and ${known.stock}`,
      );
    }
  }

  snapshot() {
    return new Map(this.#known);
  }
}

/**
 * Chances that fall with the rank, as popularity does.
 * @param {number} count
 */
export function zipf(count) {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    sum += 1 / (rank + 1) ** ZIPF;
    sums[rank] = sum;
  }
  return () => {
    const at = Math.random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {number} */ (sums[middle]) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/**
 * Reads and writes on several replicas at once, 95 to 5, until so many requests are answered.
 * @param {{ origins: readonly string[], ids: readonly string[], customers: readonly Record<string, string>[],
 *   manager: Record<string, string>, checker: Checker, connections: number, requests: number, signal: AbortSignal }} options
 */
export async function mixedLoad({ origins, ids, customers, manager, checker, connections, requests, signal }) {
  const product = zipf(ids.length);
  const page = zipf(PAGES);
  const end = checker.requests + requests;
  const idOf = () => /** @type {string} */ (ids[product()]);
  const act = (/** @type {HttpConnection} */ connection, /** @type {number} */ at, /** @type {number} */ worker) => {
    const chance = Math.random();
    if (chance < REPRICED) return reprice(connection, manager, idOf(), checker);
    if (chance < WRITTEN) return buy(connection, customers[worker % customers.length] ?? {}, [idOf(), idOf()], checker);
    if (chance < WRITTEN + LISTED) return readList(connection, page(), checker, at);
    return readDetail(connection, idOf(), checker, at);
  };
  const work = async (/** @type {number} */ worker) => {
    const lines = origins.map((origin) => new HttpConnection(origin));
    try {
      while (checker.requests < end && !signal.aborted) {
        const at = Math.floor(Math.random() * lines.length);
        checker.requests++;
        await act(/** @type {HttpConnection} */ (lines[at]), at, worker);
      }
    } finally {
      for (const line of lines) line.close();
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, worker) => work(worker)));
}

/**
 * @param {HttpConnection} connection
 * @param {string} id
 * @param {Checker} checker
 * @param {number} replica
 */
async function readDetail(connection, id, checker, replica) {
  checker.details++;
  const known = checker.known(id);
  const path = `/api/products/${id}`;
  const item = expectJson(await connection.request({ method: 'GET', path }), `GET ${path}`);
  checker.judge(`replica ${replica}: ${path}`, [item], new Map([[id, known]]));
}

const LISTS = ['sort=name', 'sort=-createdAt', 'sort=price', 'sort=name&inStock=true'];

/**
 * @param {HttpConnection} connection
 * @param {number} page
 * @param {Checker} checker
 * @param {number} replica
 */
async function readList(connection, page, checker, replica) {
  checker.lists++;
  const path = `/api/products?${LISTS[page % LISTS.length]}&page=${Math.floor(page / LISTS.length) + 1}`;
  const before = checker.snapshot();
  const { items } = expectJson(await connection.request({ method: 'GET', path }), `GET ${path}`);
  checker.judge(`replica ${replica}: ${path}`, items, before);
}

/**
 * @param {HttpConnection} connection
 * @param {Record<string, string>} customer
 * @param {readonly string[]} wanted
 * @param {Checker} checker
 */
async function buy(connection, customer, wanted, checker) {
  const products = [...new Set(wanted)];
  const items = products.map((productId) => ({ productId, quantity: 1 }));
  const headers = { ...customer, 'idempotency-key': randomUUID() };
  const json = { items, deliveryAddress: DELIVERY_ADDRESS };
  const answer = await connection.request({ method: 'POST', path: '/api/sales', headers, json });
  if (answer.status !== 201) {
    checker.refused++;
    return;
  }
  checker.writes++;
  for (const id of products) checker.sold(id);
}

/**
 * @param {HttpConnection} connection
 * @param {Record<string, string>} manager
 * @param {string} id
 * @param {Checker} checker
 */
async function reprice(connection, manager, id, checker) {
  const json = { price: `${1 + Math.floor(Math.random() * 500)}.99` };
  const path = `/api/products/${id}`;
  const answer = await connection.request({ method: 'PATCH', path, headers: manager, json });
  if (answer.status !== 200) {
    checker.refused++;
    return;
  }
  checker.writes++;
  checker.changed(id, expectJson(answer, `PATCH ${path}`).version);
}

/**
 * Changes products past the application, which is told of nothing; such a write counts as acknowledged when a replica
 * must have noticed it.
 * @param {import('pg').Client} client
 * @param {readonly string[]} ids
 * @param {Checker} checker
 * @param {AbortSignal} signal
 */
export async function writePast(client, ids, checker, signal) {
  const product = zipf(ids.length);
  let written = 0;
  while (!signal.aborted) {
    const id = /** @type {string} */ (ids[product()]);
    const { rows } = await client.query(
      'UPDATE products SET price = price + 1, version = version + 1, updated_at = now() WHERE id = $1 RETURNING version',
      [id],
    );
    written++;
    setTimeout(() => checker.changed(id, rows[0].version), RAW_MS);
    await delay(100);
  }
  return written;
}
