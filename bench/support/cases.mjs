import { addCartLine, checkOut, emptyCarts, firstPage, productDetail, walkList } from './workloads.mjs';

const READERS = 16;
/** Where nobody says how many. */
export const SHOPPERS = 8;
/** Few enough that all of them are in memory after the warm-up. */
const HOT_PRODUCTS = 200;

/**
 * The customers that the cases need on each server.
 * @param {number} [shoppers]
 */
export const customersFor = (shoppers = SHOPPERS) => Math.max(READERS, shoppers);

/**
 * @typedef {{ lane: string, origin: string, pid: number, database: string, workload: import('./load.mjs').Workload,
 *   before: () => Promise<void> }} Lane one server's side of a case
 * @typedef {{ name: string, what: string, connections: number, lanes: Lane[] }} Case
 * @typedef {{ lane: string, database: string, server: import('./child-process.mjs').Server,
 *   dialect: import('./workloads.mjs').Dialect }} Target
 */

/**
 * @param {readonly Target[]} targets the first is compared with the others
 * @param {number} [shoppers] how many buy at the same time
 * @returns {Case[]}
 */
export function benchCases(targets, shoppers = SHOPPERS) {
  const reference = targets.find(({ lane }) => lane === 'reference');
  /** @type {Target[]} */
  const bytes = reference === undefined || targets.length === 1 ? [] : [constantBytes(reference)];
  return [
    makeCase('list', 'GET products, 20 of a random page', READERS, targets, walkList),
    makeCase('list-first', 'GET products, the first page', READERS, [...targets, ...bytes], firstPage),
    makeCase('detail', 'GET a random product', READERS, [...targets, ...bytes], productDetail),
    makeCase('detail-hot', 'GET one of a few products', READERS, [...targets, ...bytes], (dialect) =>
      productDetail(dialect, HOT_PRODUCTS),
    ),
    makeCase('cart', 'POST a cart line', READERS, targets, addCartLine),
    makeCase('checkout', '2 cart lines, the sale, its payment (per purchase)', shoppers, targets, checkOut),
    makeCase('checkout-hot', 'the same, where everybody wants one product', shoppers, targets, (dialect) =>
      checkOut(dialect, true),
    ),
  ];
}

/** @param {Target} reference */
function constantBytes(reference) {
  return { ...reference, lane: 'bytes', dialect: { ...reference.dialect, prefix: '/cached' } };
}

/**
 * @param {string} name
 * @param {string} what
 * @param {number} connections
 * @param {readonly Target[]} targets
 * @param {(dialect: import('./workloads.mjs').Dialect) => import('./load.mjs').Workload} workloadOf
 * @returns {Case}
 */
function makeCase(name, what, connections, targets, workloadOf) {
  const changesCarts = name === 'cart' || name.startsWith('checkout');
  return {
    name,
    what,
    connections,
    lanes: targets.map(({ lane, database, server, dialect }) => ({
      lane,
      database,
      origin: server.origin,
      pid: server.pid,
      workload: workloadOf(dialect),
      before: async () => {
        if (changesCarts) await emptyCarts(dialect, server.origin, connections);
      },
    })),
  };
}
