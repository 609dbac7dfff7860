import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { UsageError } from '../support/cleanup.mjs';

const ORDERS = 'online-retail.csv.gz';
const PRODUCTS = 'products.csv.gz';

/**
 * Reads the two files of the Online Retail data.
 * @param {string} folder
 * @returns {Promise<{ orders: import('./baskets.mjs').OrderRow[], products: import('./baskets.mjs').ProductRow[] }>}
 */
export async function readSource(folder) {
  for (const name of [ORDERS, PRODUCTS]) {
    if (!existsSync(join(folder, name))) {
      throw new UsageError(
        `${name} is not in ${folder}: give the folder of the Online Retail data with --data or DATA=`,
      );
    }
  }
  return { orders: await readCsv(join(folder, ORDERS)), products: await readCsv(join(folder, PRODUCTS)) };
}

/**
 * @template T
 * @param {string} file gzipped CSV with a header
 * @returns {Promise<T[]>}
 */
async function readCsv(file) {
  /** @type {T[]} */
  const rows = [];
  await pipeline(createReadStream(file), createGunzip(), parse({ columns: true, bom: true }), async (parsed) => {
    for await (const row of parsed) rows.push(row);
  });
  return rows;
}
