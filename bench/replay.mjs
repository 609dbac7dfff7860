import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { planStock, readCatalogue, selectBaskets } from './replay/baskets.mjs';
import { checkCatalogue } from './replay/checks.mjs';
import { formatMinor } from './replay/minor-units.mjs';
import { startOwnServer } from './replay/own-server.mjs';
import { checkShop, placeBaskets, registerCustomers, stockRunningShop } from './replay/replay.mjs';
import { ShopClient } from './replay/shop.mjs';
import { readSource } from './replay/source.mjs';
import { runProgram, UsageError } from './support/cleanup.mjs';

const USAGE = `Replays real baskets of the Online Retail data against the shop and checks every amount, stock and invoice number.

  node bench/replay.mjs [--data FOLDER] [--sales N] [--shoppers N] [--url URL --admin-email EMAIL --admin-password PASSWORD]

  --data      folder of online-retail.csv.gz and products.csv.gz (or DATA=; default ../shared/data/online-retail)
  --sales     how many completed invoices, from the first (2000)
  --shoppers  how many at once (8)
  --url       a running shop in GBP, which keeps what is placed; without it a server is started and removed again
`;

const DIFFERENCES_SHOWN = 20;
const PROGRESS_LINES = 250;
const root = resolve(fileURLToPath(new URL('..', import.meta.url)));

function readOptions() {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      sales: { type: 'string', default: '2000' },
      shoppers: { type: 'string', default: '8' },
      url: { type: 'string' },
      'admin-email': { type: 'string' },
      'admin-password': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { url, 'admin-email': adminEmail, 'admin-password': adminPassword } = values;
  if (url !== undefined && (adminEmail === undefined || adminPassword === undefined)) {
    throw new UsageError('--url needs --admin-email and --admin-password');
  }
  const running =
    url === undefined
      ? undefined
      : { origin: new URL(url).origin, adminEmail: adminEmail ?? '', adminPassword: adminPassword ?? '' };
  const data = resolve(values.data ?? (process.env.DATA || resolve(root, '../shared/data/online-retail')));
  const sales = atLeastOne('--sales', values.sales);
  return { help: values.help, data, sales, shoppers: atLeastOne('--shoppers', values.shoppers), running };
}

/**
 * @param {string} name
 * @param {string} text
 */
function atLeastOne(name, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`${name} must be a whole number from 1`);
  return Number(text);
}

/** On a terminal one line that changes, in a log a line now and then. */
function makeProgress() {
  let calls = 0;
  return (/** @type {string} */ text) => {
    calls++;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
    else if (calls % PROGRESS_LINES === 0) process.stderr.write(`${text}\n`);
  };
}

/**
 * @param {import('./replay/baskets.mjs').Selection} selection
 * @param {number} products
 */
function describeSelection({ baskets, unsellable, emptyInvoices, rows }, products) {
  const lines = baskets.reduce((sum, basket) => sum + basket.lines.size, 0);
  const reasons = [...unsellable].map(([reason, count]) => `  ${reason}: ${count}`);
  return [
    `${baskets.length} invoices of ${lines} lines from ${rows} rows, over ${products} products.`,
    `${emptyInvoices} other invoices had no line that can be sold. Lines that cannot be sold:`,
    ...reasons,
    '',
  ].join('\n');
}

/**
 * @param {readonly import('./replay/baskets.mjs').Basket[]} baskets
 * @param {number} seconds
 */
function describeSales(baskets, seconds) {
  const units = baskets.reduce((sum, basket) => sum + basket.units, 0);
  const revenue = baskets.reduce((sum, basket) => sum + basket.total, 0n);
  const rate = (baskets.length / seconds).toFixed(1);
  return `${baskets.length} sales, ${units} units, ${formatMinor(revenue)} GBP in ${seconds.toFixed(1)} s: ${rate} sales/s\n`;
}

/** @param {readonly string[]} differences */
function reportDifferences(differences) {
  for (const difference of differences.slice(0, DIFFERENCES_SHOWN)) process.stderr.write(`${difference}\n`);
  const more = differences.length - DIFFERENCES_SHOWN;
  if (more > 0) process.stderr.write(`and ${more} more\n`);
}

/**
 * What is to be sold, worked out from the files alone.
 * @param {string} data
 * @param {number} sales
 */
async function planReplay(data, sales) {
  const source = await readSource(data);
  const catalogue = readCatalogue(source.products);
  const selection = selectBaskets(source.orders, catalogue, sales);
  process.stdout.write(describeSelection(selection, catalogue.products.size));
  const { baskets } = selection;
  return { products: catalogue.products, baskets, ...planStock(catalogue.products, baskets) };
}

/**
 * Sells the plan to a stocked shop.
 * @param {import('./replay/replay.mjs').Run} run
 * @param {string} adminToken
 * @param {Awaited<ReturnType<typeof planReplay>>} plan
 * @param {number} shoppers
 * @returns {Promise<string[]>} what differs from the files
 */
async function replay(run, adminToken, { products, baskets, initial, left }, shoppers) {
  const admin = new ShopClient(run.origin);
  const listed = await admin.products();
  admin.close();
  const misfits = checkCatalogue(products, initial, listed);
  if (misfits.length > 0) return misfits;
  const productIds = new Map(listed.map(({ sku, id }) => [sku, id]));
  const tokens = await registerCustomers(run, baskets);
  const shop = { baskets, tokens, products, productIds, shoppers };
  const { paid, differences, seconds } = await placeBaskets(run, shop);
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  process.stdout.write(describeSales(baskets, seconds));
  return [...differences, ...(await checkShop(run.origin, adminToken, { products, left, paid }))];
}

await runProgram(async (cleanup) => {
  const { help, data, sales, shoppers, running } = readOptions();
  if (help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (running === undefined && !existsSync(resolve(root, 'dist/src/main.js'))) {
    throw new UsageError('dist/src/main.js is missing: run "npm run build" first');
  }
  const plan = await planReplay(data, sales);
  const { products, initial: stock } = plan;
  const shop = running ?? (await startOwnServer({ root, products, stock, cleanup }));
  const stopping = new AbortController();
  cleanup.defer('end the replay', () => stopping.abort(new Error('stopped')));
  const run = { origin: shop.origin, signal: stopping.signal, progress: makeProgress() };
  const admin = new ShopClient(shop.origin);
  const adminToken = await admin.logIn(shop.adminEmail, shop.adminPassword);
  admin.close();
  if (running !== undefined) await stockRunningShop(run, adminToken, products, stock);
  const differences = await replay(run, adminToken, plan, shoppers);
  reportDifferences(differences);
  if (differences.length > 0) return 1;
  process.stdout.write('Every total, every stock level and every invoice number is right.\n');
  return 0;
});
