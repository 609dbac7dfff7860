import { withClient } from './postgres.mjs';

const SORTS = ['price', '-price', 'name', '-name', 'createdAt', '-createdAt'];

/**
 * Numbers from 0 to 1, the same in every run.
 * @param {number} seed
 */
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @typedef {{ list: string[], filtered: string[], detail: string[], search: string[] }} Requests paths, no two alike */

/**
 * Requests that no cache has answered before, over products that are there.
 * @param {string} url
 * @param {number} count of each kind
 * @param {number} seed other requests for another seed
 * @returns {Promise<Requests>}
 */
export async function catalogueRequests(url, count, seed) {
  const { products, slugs } = await withClient(url, async (client) => {
    await client.query(`SELECT setseed(${(seed % 100) / 100})`);
    const sampled = await client.query(
      `SELECT p.id, p.sku, p.name FROM (SELECT floor(random() * (SELECT max(number) FROM catalogue_entries))::bigint + 1 AS n
         FROM generate_series(1, $1::int)) r JOIN catalogue_entries e ON e.number = r.n JOIN products p ON p.id = e.product_id`,
      [count * 2],
    );
    const categories = await client.query('SELECT slug FROM categories ORDER BY slug');
    return { products: sampled.rows, slugs: categories.rows.map(({ slug }) => slug) };
  });
  const next = random(seed);
  const pick = (/** @type {readonly any[]} */ from) => from[Math.trunc(next() * from.length)];
  const path = (/** @type {Record<string, string | number | boolean>} */ query) => {
    const texts = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
    return `/api/products?${texts.join('&')}`;
  };
  return {
    list: unique(count, () =>
      path({ sort: pick(SORTS), page: 1 + Math.trunc(next() * 100), perPage: 15 + (seed % 11) }),
    ),
    filtered: unique(count, () => path({ ...filter(next, pick, slugs), sort: pick(SORTS) })),
    detail: unique(count, () => `/api/products/${pick(products).id}`),
    search: unique(count, () => path({ q: searched(next, pick, products) })),
  };
}

/**
 * @param {number} count
 * @param {() => string} make
 */
function unique(count, make) {
  const made = new Set();
  for (let tries = 0; made.size < count && tries < count * 50; tries += 1) made.add(make());
  return [...made];
}

/**
 * A category, a range of prices, the stock, or two of them.
 * @param {() => number} next
 * @param {(from: readonly any[]) => any} pick
 * @param {readonly string[]} slugs
 */
function filter(next, pick, slugs) {
  const from = 1 + Math.trunc(next() * 400);
  const prices = { minPrice: `${from}.00`, maxPrice: `${from + 1 + Math.trunc(next() * 300)}.00` };
  const category = { category: pick(slugs) };
  return pick([
    category,
    prices,
    { ...category, ...prices },
    { ...prices, inStock: true },
    { ...category, inStock: true },
  ]);
}

/**
 * What somebody types who looks for a product: words of its name, the last of them begun, its SKU, a slip.
 * @param {() => number} next
 * @param {(from: readonly any[]) => any} pick
 * @param {readonly { sku: string, name: string }[]} products
 */
function searched(next, pick, products) {
  const { sku, name } = pick(products);
  const words = name.toLowerCase().split(' ');
  const kind = next();
  if (kind < 0.1) return sku;
  if (kind < 0.3) return pick(words);
  if (kind < 0.7) return `${words[0]} ${pick(words.slice(1))}`;
  if (kind < 0.9) return `${words[0]} ${pick(words.slice(1, -1)).slice(0, 4)}`;
  const word = pick(words.slice(0, 3));
  const at = Math.trunc(next() * (word.length - 1));
  return `${word.slice(0, at)}${word[at + 1]}${word[at]}${word.slice(at + 2)}`;
}

/**
 * The cursor that the server gives after so many products of the list by age.
 * @param {string} url
 * @param {number} rows
 * @returns {Promise<string>}
 */
export async function cursorAfter(url, rows) {
  return withClient(url, async (client) => {
    const { rows: found } = await client.query(
      `SELECT product_id AS id, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
       FROM catalogue_entries ORDER BY created_at, product_id OFFSET $1 LIMIT 1`,
      [rows - 1],
    );
    return Buffer.from(JSON.stringify(['createdAt', found[0].at, found[0].id])).toString('base64url');
  });
}
